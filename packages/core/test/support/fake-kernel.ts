import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { sysfsUnder } from '../../src/run/sysfs.ts'
import type { Sysfs } from '../../src/run/sysfs.ts'
import { tempDir } from './temp-dir.ts'

export interface FakePci {
  readonly address: string
  /** Of the host, which takes the device by itself. */
  readonly driver?: string
  /** It has the device now; `driver` where it is left out, nobody where it is null. */
  readonly boundTo?: string | null
  readonly group?: number
  /** The device that it is behind. */
  readonly behind?: string
  readonly isBridge?: boolean
  readonly override?: string
  /** Other attributes, by their names. */
  readonly files?: Readonly<Record<string, string>>
}

/** A folder that does with what is written into it as the kernel does with its own. */
export interface FakeKernel extends Sysfs {
  readonly root: string
  /** What it was told, in order. */
  readonly told: readonly string[]
  /** The driver that has a device. */
  driverOf(address: string): string | undefined
  overrideOf(address: string): string
  /** What it is told fails, `unbind` and so on, by the end of the path; until it is allowed again. */
  refuse(path: string, code?: string): void
  allow(path: string): void
  /** Called before it does what it is told; a test that dies here has died in the middle. */
  before: (path: string) => void | Promise<void>
  put(path: string, text: string): void
}

/** A machine with these PCI devices, and the drivers that they have. */
export function fakeKernel(
  devices: readonly FakePci[],
  { modules = ['vfio-pci'], loaded = modules }: FakeModules = {},
): FakeKernel {
  const root = tempDir()
  const plain = sysfsUnder(root)
  const at = (path: string): string => join(root, 'sys', path)
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), text)
  }
  const link = (path: string, target: string): void => {
    mkdirSync(dirname(at(path)), { recursive: true })
    rmSync(at(path), { force: true })
    symlinkSync(relative(dirname(at(path)), at(target)), at(path))
  }
  const natural = new Map<string, string | undefined>()
  const refused = new Map<string, string>()
  const told: string[] = []
  const addDriver = (name: string): void => {
    for (const file of ['bind', 'unbind']) put(`bus/pci/drivers/${name}/${file}`, '')
  }
  const real = (address: string): string => {
    const { behind } = devices.find((one) => one.address === address) ?? {}
    return behind === undefined ? `devices/pci0000:00/${address}` : `${real(behind)}/${address}`
  }
  const node = (group: number): string => join(root, 'dev/vfio', String(group))
  const bind = (address: string, driver: string | undefined): void => {
    rmSync(at(`${real(address)}/driver`), { force: true })
    if (driver !== undefined) link(`${real(address)}/driver`, `bus/pci/drivers/${driver}`)
    const { group } = devices.find((one) => one.address === address) ?? {}
    if (group === undefined) return
    if (driver === 'vfio-pci') writeFileSync(node(group), '')
    else rmSync(node(group), { force: true })
  }
  const driverOf = (address: string): string | undefined => {
    const found = plain.real(`/bus/pci/devices/${address}/driver`)
    return found && basename(found)
  }
  const overrideOf = (address: string): string =>
    readFileSync(at(`${real(address)}/driver_override`), 'utf8').trim()
  const probe = (address: string): void => {
    const override = overrideOf(address)
    const driver = override === '(null)' ? natural.get(address) : override
    const isLoaded = plain.real(`/bus/pci/drivers/${driver}`) !== undefined
    if (driverOf(address) === undefined && driver !== undefined && isLoaded) bind(address, driver)
  }

  mkdirSync(join(root, 'dev/vfio'), { recursive: true })
  writeFileSync(join(root, 'dev/vfio/vfio'), '')
  mkdirSync(at('bus/pci/devices'), { recursive: true })
  put('bus/pci/drivers_probe', '')
  for (const name of loaded) addDriver(name)
  for (const one of devices) {
    const { address, driver, boundTo = driver, group, isBridge = false, override } = one
    const config = new Uint8Array(64)
    config[0x0e] = isBridge ? 1 : 0
    mkdirSync(at(real(address)), { recursive: true })
    writeFileSync(at(`${real(address)}/config`), config)
    put(`${real(address)}/driver_override`, `${override ?? '(null)'}\n`)
    for (const [name, text] of Object.entries(one.files ?? {}))
      put(`${real(address)}/${name}`, text)
    link(`bus/pci/devices/${address}`, real(address))
    if (group !== undefined) {
      link(`kernel/iommu_groups/${group}/devices/${address}`, real(address))
      link(`${real(address)}/iommu_group`, `kernel/iommu_groups/${group}`)
    }
    natural.set(address, driver)
    if (driver !== undefined) addDriver(driver)
    if (boundTo === undefined || boundTo === null) continue
    if (!loaded.includes(boundTo)) addDriver(boundTo)
    bind(address, boundTo)
  }

  const kernel: FakeKernel = {
    ...plain,
    mayLock: () => Infinity,
    root,
    told,
    driverOf,
    overrideOf,
    put,
    before: () => undefined,
    refuse: (path, code = 'EACCES') => void refused.set(path, code),
    allow: (path) => void refused.delete(path),
    async write(path, text) {
      await kernel.before(path)
      told.push(`${path} ${text.trim()}`)
      const code = [...refused].find(([end]) => path.endsWith(end))?.[1]
      if (code !== undefined) throw Object.assign(new Error('permission denied'), { code })
      const address = path.endsWith('/driver_override') ? basename(dirname(path)) : text
      if (path.endsWith('/driver_override'))
        put(`${real(address)}/driver_override`, `${text.trim() || '(null)'}\n`)
      else if (path.endsWith('/unbind')) bind(address, undefined)
      else if (path.endsWith('/drivers_probe')) probe(address)
      else if (path.endsWith('/bind')) bind(address, basename(dirname(path)))
      else await plain.write(path, text)
    },
    async loadModule(name) {
      told.push(`modprobe ${name}`)
      if (!modules.includes(name)) throw new Error(`FATAL: Module ${name} not found`)
      addDriver(name)
    },
  }
  return kernel
}

interface FakeModules {
  /** Drivers that can be loaded. */
  readonly modules?: readonly string[]
  /** Those that are. */
  readonly loaded?: readonly string[]
}
