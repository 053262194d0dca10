/** What a kernel module says about itself in its `.modinfo` section. */
export interface KernelModule {
  /** Name as `lsmod` prints it: underscores, no suffix. */
  readonly name: string
  /** Names of the modules whose symbols it uses. */
  readonly depends: readonly string[]
  /** Names its author wants loaded first, without needing their symbols. */
  readonly softDepends: readonly string[]
  /** Patterns of the devices it drives, as a device's `modalias` is matched against them. */
  readonly aliases: readonly string[]
}

/** `virtio-rng.ko.xz` and `virtio_rng` are one module to the kernel. */
export const moduleName = (file: string): string =>
  file
    .replace(/^.*\//, '')
    .replace(/\.ko(\.(xz|gz|zst))?$/, '')
    .replaceAll('-', '_')

/**
 * Reads an uncompressed `.ko`. Debian ships no `modules.dep` (`depmod` makes it on installation,
 * and a bare machine has no `depmod`), so dependencies are taken where `depmod` takes them.
 */
export function readKernelModule(file: string, elf: Uint8Array): KernelModule {
  const name = moduleName(file)
  const info = modinfo(file, elf)
  const all = (key: string): readonly string[] =>
    info.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1))
  const depends = all('depends')
    .flatMap((value) => value.split(','))
    .filter(Boolean)
  const softDepends = all('softdep').flatMap((value) => {
    const before = /pre:\s*((?:(?!post:)\S+\s*)*)/.exec(value)?.[1] ?? ''
    return before.split(/\s+/).filter(Boolean)
  })
  return {
    name,
    depends: depends.map(moduleName),
    softDepends: softDepends.map(moduleName),
    aliases: all('alias'),
  }
}

function modinfo(file: string, elf: Uint8Array): readonly string[] {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength)
  if (elf.length < 64 || view.getUint32(0) !== 0x7f454c46) {
    throw new Error(`${file} is not an ELF object`)
  }
  const is64 = elf[4] === 2
  const little = elf[5] === 1
  const u16 = (at: number): number => view.getUint16(at, little)
  const u32 = (at: number): number => view.getUint32(at, little)
  const word = (at: number): number => (is64 ? Number(view.getBigUint64(at, little)) : u32(at))

  const tableAt = word(is64 ? 0x28 : 0x20)
  const entryBytes = u16(is64 ? 0x3a : 0x2e)
  const count = u16(is64 ? 0x3c : 0x30)
  const namesIndex = u16(is64 ? 0x3e : 0x32)
  const section = (index: number): { nameAt: number; bytes: Uint8Array } => {
    const at = tableAt + index * entryBytes
    const offset = word(at + (is64 ? 0x18 : 0x10))
    const size = word(at + (is64 ? 0x20 : 0x14))
    return { nameAt: u32(at), bytes: elf.subarray(offset, offset + size) }
  }
  const names = Buffer.from(section(namesIndex).bytes)
  for (let index = 1; index < count; index++) {
    const { nameAt, bytes } = section(index)
    if (names.toString('latin1', nameAt, names.indexOf(0, nameAt)) !== '.modinfo') continue
    return Buffer.from(bytes).toString('utf8').split('\0').filter(Boolean)
  }
  return []
}
