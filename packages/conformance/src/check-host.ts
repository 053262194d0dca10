import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import type { HostInfo, SysinfoBlock } from '@polyvirt/core/arch'
import type { Planned } from './plan-scenario.ts'
import { numbers, isFlat, plannedTopology, shownTopology } from './planned-topology.ts'

/** One part of a host, and what a guest's must be. */
interface HostCheck {
  readonly what: string
  readonly check: (info: HostInfo, planned: Planned) => void
}

/**
 * A guest, read as a host, is the machine that was planned. Each thing that a reader may leave out
 * is compared where it does not.
 */
export function checkHost(info: HostInfo, planned: Planned): void {
  for (const { what, check } of checks) {
    try {
      check(info, planned)
    } catch (error) {
      if (error instanceof Error) error.message = `${what}: ${error.message}`
      throw error
    }
  }
}

const checks: readonly HostCheck[] = [
  {
    what: 'its architecture',
    check({ arch }, { target }) {
      const names = target.arch.guests.map(({ name }) => name)
      ok(names.includes(arch), `'${arch}' is none of ${names.join(', ')}`)
    },
  },
  {
    what: 'its processor',
    check({ cpu }, { stored, target }) {
      const model = target.arch.cpu.models.find(({ name }) => name === stored.cpu?.model)
      if (model === undefined) return
      if (model.pvrs === undefined) {
        // Where features make the model, emulation may lack some of those that are its own.
        if (cpu.model === undefined || target.arch.cpu.decode !== undefined) return
        // A host and a guest may have names of their own for one processor: the driver knows.
        const host = { model: cpu.model, ...(cpu.vendor !== undefined && { vendor: cpu.vendor }) }
        const guest = { mode: 'custom', model: model.name } as const
        const { result } = target.arch.cpu.compare(host, guest)
        ok(result !== 'incompatible', `${cpu.model} is not the processor ${model.name}`)
        return
      }
      // Where processors are known by a version register, there is no other way to tell them.
      const { pvr } = cpu.registers ?? {}
      ok(pvr !== undefined, 'its version register is not known')
      const fits = model.pvrs.some(({ value, mask }) => (pvr & mask) >>> 0 === (value & mask) >>> 0)
      ok(fits, `0x${pvr.toString(16)} is not the version of ${model.name}`)
      strictEqual(cpu.model, model.name)
      strictEqual(cpu.vendor, model.vendor)
    },
  },
  {
    what: 'its CPU features',
    check({ cpu }, { stored }) {
      const off = (stored.cpu?.features ?? []).filter(({ policy }) => policy === 'disable')
      const seen = off.filter(({ name }) => cpu.features.includes(name)).map(({ name }) => name)
      deepStrictEqual(seen, [], 'features that were disabled')
    },
  },
  {
    what: 'its CPUs',
    check({ presentCpus, onlineCpus, topology }, { domain }) {
      const online = numbers(domain.vcpuCurrent ?? domain.vcpus)
      strictEqual(topology.cpus, online.length)
      if (onlineCpus !== undefined) deepStrictEqual(onlineCpus, online)
      if (presentCpus !== undefined) deepStrictEqual(presentCpus.slice(0, online.length), online)
    },
  },
  {
    what: 'its topology',
    check({ topology }, planned) {
      const { dies = 1, cores, ...counted } = topology
      const wanted = plannedTopology(planned)
      if (wanted === undefined) return
      const { nodes, sockets, threads } = counted
      deepStrictEqual({ nodes, sockets, cores: dies * cores, threads }, wanted)
    },
  },
  {
    what: 'who shares a core, a die and a socket',
    check({ cells }, planned) {
      const shown = shownTopology(planned)
      if (shown === undefined) return
      const { dies = 1, cores, threads } = shown
      const all = cells.flatMap((cell) => cell.threads ?? [])
      if (all.length === 0) return
      if (isFlat(planned.target)) {
        // One socket for all, whatever their nodes; core ids may repeat from one node to the next.
        deepStrictEqual(
          all.map(({ siblings }) => siblings),
          all.map(({ id }) => [id]),
        )
        strictEqual(new Set(all.map(({ socketId }) => socketId)).size, 1)
        return
      }
      const group = (size: number) => (id: number) => Math.floor(id / size)
      deepStrictEqual(
        all.map(({ id, siblings }) => [id, siblings]),
        all.map(({ id }) => [id, all.map((one) => one.id).filter(same(group(threads), id))]),
      )
      const ids = all.map(({ id }) => id)
      const placed = (key: (one: (typeof all)[number]) => string) =>
        partition(all.map((one) => [one.id, key(one)]))
      const wanted = (size: number) => partition(ids.map((id) => [id, `${group(size)(id)}`]))
      deepStrictEqual(
        placed(({ socketId }) => `${socketId}`),
        wanted(dies * cores * threads),
      )
      deepStrictEqual(
        placed(({ socketId, dieId }) => `${socketId}/${dieId}`),
        wanted(cores * threads),
      )
      deepStrictEqual(
        placed(({ socketId, dieId, coreId }) => `${socketId}/${dieId}/${coreId}`),
        wanted(threads),
      )
    },
  },
  {
    what: 'its memory',
    check({ memoryKiB }, { domain }) {
      checkMemory(memoryKiB, domain.memoryKiB)
    },
  },
  {
    what: 'its NUMA cells',
    check({ cells, memoryKiB }, { domain }) {
      const planned = domain.cpu?.numa ?? [{ memoryKiB: domain.memoryKiB }]
      const online = numbers(domain.vcpuCurrent ?? domain.vcpus)
      deepStrictEqual(
        cells.map(({ id, cpus }) => ({ id, cpus })),
        planned.map(({ id, cpus }, index) => ({
          id: id ?? index,
          cpus: cpus === undefined && planned.length === 1 ? online : (cpus ?? []),
        })),
      )
      for (const [index, cell] of planned.entries()) {
        checkMemory(cells[index]?.memoryKiB ?? 0, cell.memoryKiB)
        for (const { id, value } of cell.distances ?? []) {
          const seen = cells[index]?.distances?.find((one) => one.id === id)?.value
          strictEqual(seen, value, `how far cell ${id} is from cell ${cell.id ?? index}`)
        }
      }
      strictEqual(
        cells.reduce((sum, one) => sum + one.memoryKiB, 0),
        memoryKiB,
        'the memory of all cells',
      )
    },
  },
  {
    what: 'its pages',
    check({ cells, pageSizesKiB }) {
      for (const { pages, memoryKiB } of cells) {
        if (pages === undefined) continue
        deepStrictEqual(
          pages.map(({ sizeKiB }) => sizeKiB),
          pageSizesKiB,
        )
        const total = pages.reduce((sum, { sizeKiB, count }) => sum + sizeKiB * count, 0)
        ok(total <= memoryKiB && total > memoryKiB - (pageSizesKiB[0] ?? 0), `${total} KiB`)
      }
    },
  },
  {
    what: 'its firmware',
    check({ firmware, sysinfo }, { domain }) {
      if (firmware.uuid !== undefined) strictEqual(firmware.uuid.toLowerCase(), domain.uuid)
      if (domain.os.smbiosMode !== 'sysinfo') return
      const wanted = domain.sysinfo?.find(({ type }) => type === 'smbios')
      const pairs = (wanted?.system ?? []).map(
        ({ name = '', value = '' }) => [name, value] as const,
      )
      for (const [name, value] of pairs) {
        if (!isFirmwareString(name)) continue
        const seen = firmware[name]
        strictEqual(name === 'uuid' ? seen?.toLowerCase() : seen, value, name)
      }
      if (sysinfo === undefined) return
      checkBlock('bios', sysinfo.bios, wanted?.bios)
      checkBlock('system', sysinfo.system, wanted?.system)
      checkBlock('chassis', sysinfo.chassis, wanted?.chassis)
      for (const [index, { entries }] of (wanted?.baseBoards ?? []).entries()) {
        checkBlock('baseBoard', sysinfo.baseBoards?.[index], entries)
      }
      if (wanted?.oemStrings !== undefined) {
        deepStrictEqual(
          sysinfo.oemStrings,
          wanted.oemStrings.map(({ value }) => value),
        )
      }
    },
  },
]

/** A kernel keeps some of the memory to itself, never more than this share. */
const reservedShare = 1 / 6

function checkMemory(seenKiB: number, plannedKiB: number): void {
  ok(seenKiB <= plannedKiB, `${seenKiB} KiB are more than the planned ${plannedKiB} KiB`)
  ok(
    seenKiB >= plannedKiB * (1 - reservedShare),
    `${seenKiB} KiB are too few of the planned ${plannedKiB} KiB`,
  )
}

function checkBlock(
  block: string,
  seen: SysinfoBlock | undefined,
  wanted: readonly { readonly name?: string; readonly value?: string }[] = [],
): void {
  for (const { name, value } of wanted) {
    const found = seen?.find(([key]) => key === name)?.[1]
    strictEqual(name === 'uuid' ? found?.toLowerCase() : found, value, `${block}/${name ?? ''}`)
  }
}

const firmwareStrings = ['manufacturer', 'product', 'version', 'serial', 'uuid'] as const
const isFirmwareString = (name: string): name is (typeof firmwareStrings)[number] =>
  (firmwareStrings as readonly string[]).includes(name)

const same =
  (group: (id: number) => number, id: number) =>
  (other: number): boolean =>
    group(other) === group(id)

/** CPUs by what they have in common, whatever it is called. */
function partition(pairs: readonly (readonly [id: number, key: string])[]): readonly number[][] {
  const groups = new Map<string, number[]>()
  for (const [id, key] of pairs) groups.set(key, [...(groups.get(key) ?? []), id])
  return [...groups.values()]
}
