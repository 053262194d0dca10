import { isRecord } from '../qmp/shape.ts'
import type { ProcessIdentity } from '../run/process-identity.ts'
import type { RunReference } from './activity.ts'
import type { Database } from './database.ts'
import { readJson } from './rows.ts'
import type { SqlRow } from './rows.ts'

/** A device of the host by its address, and the group that an IOMMU keeps it in. */
export interface LentDevice {
  readonly address: string
  readonly group: number
}

/** What a device had before it was given to a guest. */
export interface RememberedDriver {
  readonly driver?: string
  readonly override?: string
}

/** A device that is to go back to its driver. */
export interface DeviceReturn {
  readonly address: string
  readonly before: RememberedDriver
}

/** A device that another run has, or that shares its group with one that another run has. */
export interface DeviceConflict {
  readonly wanted: string
  readonly held: string
  readonly run: RunReference
}

/**
 * Which run has which device of the host, and which driver it goes back to. A device is free when its run has let go
 * of it, or is over; it then goes back once no run has another one of its group.
 */
export interface DeviceLoans {
  /** Records all of these as a run's, or, where another run has one of them or of their groups, none. */
  lendDevices(run: RunReference, devices: readonly LentDevice[]): DeviceConflict | undefined
  /** Remembers which driver a lent device goes back to, where that is not known yet. */
  rememberDriver(address: string, before: RememberedDriver): void
  /** Devices of a run, by address. */
  devicesOf(run: RunReference): readonly LentDevice[]
  /** The run that has a device. */
  holderOf(address: string): RunReference | undefined
  /** A run lets go of these devices, or of all that it has. */
  releaseDevices(run: RunReference, addresses?: readonly string[]): void
  /** Is there anything to return? Asked often, and of most machines never true. */
  hasLoans(): boolean
  /** Takes over to return what is free, unless a living process is about it. */
  beginReturns(): readonly DeviceReturn[]
  /** Is a living process returning one of this group? Whoever was lent it meanwhile waits. */
  isReturning(group: number): boolean
  /** It is where it was, and forgotten; or it could not be done, and is tried again. */
  endReturn(address: string, isDone: boolean): void
}

export interface LoansContext {
  readonly owner: ProcessIdentity
  readonly isAlive: (identity: ProcessIdentity) => boolean
}

interface Loan extends LentDevice {
  readonly run?: RunReference
  readonly before?: RememberedDriver
  readonly bootId: string
  readonly returner?: ProcessIdentity
}

/** No run outlives a power cut, so nothing that is said of its devices has to. */
export function openDeviceLoans(database: Database, { owner, isAlive }: LoansContext): DeviceLoans {
  /** Of this boot: another one found the devices with their drivers. */
  const all = (): readonly Loan[] =>
    database
      .all('SELECT * FROM device_loans ORDER BY address')
      .map(readLoan)
      .filter(({ bootId }) => bootId === owner.bootId)
  const loanOf = (address: string): Loan | undefined => all().find((one) => one.address === address)
  const isFree = ({ run }: Loan): boolean => {
    if (run === undefined) return true
    const known = `SELECT 1 FROM active WHERE uuid = ? AND id = ?
      UNION SELECT 1 FROM jobs WHERE uuid = ?`
    return database.get(known, run.uuid, run.id, run.uuid) === undefined
  }
  const isBeingReturned = ({ returner }: Loan): boolean =>
    returner !== undefined && isAlive(returner)
  const forget = (address: string): void =>
    void database.run('DELETE FROM device_loans WHERE address = ?', address)
  return {
    lendDevices: (run, devices) =>
      database.writeLoosely(() => {
        const known = all()
        // One run of a domain is over when the next begins.
        const others = known.filter((one) => one.run?.uuid !== run.uuid && !isFree(one))
        for (const { address, group } of devices) {
          const other = others.find((one) => one.address === address || one.group === group)
          if (other?.run !== undefined)
            return { wanted: address, held: other.address, run: other.run }
        }
        for (const { address, group } of devices) {
          if (!known.some((one) => one.address === address)) {
            const sql = 'INSERT OR REPLACE INTO device_loans VALUES (?, ?, ?, ?, NULL, ?, NULL)'
            database.run(sql, address, group, run.uuid, run.id, owner.bootId)
          } else {
            const sql =
              'UPDATE device_loans SET uuid = ?, id = ?, iommu_group = ? WHERE address = ?'
            database.run(sql, run.uuid, run.id, group, address)
          }
        }
        return undefined
      }),
    rememberDriver: (address, before) =>
      database.writeLoosely(() => {
        const sql = 'UPDATE device_loans SET before = coalesce(before, ?) WHERE address = ?'
        database.run(sql, JSON.stringify(before), address)
      }),
    devicesOf: ({ uuid, id }) => all().filter(({ run }) => run?.uuid === uuid && run.id === id),
    holderOf: (address) => loanOf(address)?.run,
    releaseDevices: ({ uuid, id }, addresses) =>
      database.writeLoosely(() => {
        const sql = 'UPDATE device_loans SET uuid = NULL, id = NULL WHERE uuid = ? AND id = ?'
        if (addresses === undefined) database.run(sql, uuid, id)
        else
          for (const address of addresses) database.run(`${sql} AND address = ?`, uuid, id, address)
      }),
    hasLoans: () => database.get('SELECT 1 FROM device_loans') !== undefined,
    beginReturns: () =>
      database.writeLoosely(() => {
        database.run('DELETE FROM device_loans WHERE boot_id <> ?', owner.bootId)
        const loans = all()
        const inUse = new Set(loans.flatMap((one) => (isFree(one) ? [] : [one.group])))
        const found: DeviceReturn[] = []
        for (const loan of loans) {
          const { address, group, before } = loan
          if (inUse.has(group) || isBeingReturned(loan)) continue
          if (before === undefined) {
            forget(address)
            continue
          }
          const sql =
            'UPDATE device_loans SET uuid = NULL, id = NULL, returner = ? WHERE address = ?'
          database.run(sql, JSON.stringify(owner), address)
          found.push({ address, before })
        }
        return found
      }),
    isReturning: (group) => all().some((one) => one.group === group && isBeingReturned(one)),
    endReturn: (address, isDone) =>
      database.writeLoosely(() => {
        const loan = loanOf(address)
        // Somebody was lent it meanwhile, and begins with what it is now.
        const sql = isDone
          ? 'UPDATE device_loans SET returner = NULL, before = NULL WHERE address = ?'
          : 'UPDATE device_loans SET returner = NULL WHERE address = ?'
        if (isDone && loan?.run === undefined) forget(address)
        else database.run(sql, address)
      }),
  }
}

/** Of a record that is damaged: no process has this pid. */
const nobody: ProcessIdentity = { pid: 0, startTime: 0, bootId: '' }

function readLoan(row: SqlRow): Loan {
  const uuid = row['uuid'] as string | null
  const before = readJson<RememberedDriver | undefined>(row['before'], isRecord, undefined)
  const returner = row['returner'] as string | null
  return {
    address: String(row['address']),
    group: Number(row['iommu_group']),
    bootId: String(row['boot_id']),
    ...(uuid !== null && { run: { uuid, id: Number(row['id']) } }),
    ...(before !== undefined && { before }),
    ...(returner !== null && { returner: readJson<ProcessIdentity>(returner, isRecord, nobody) }),
  }
}
