import type { Option, Parts } from './command-line.ts'
import type { SampleHost } from './sample-host.ts'

/** Drivers whose storage is a file or a device of the host. */
const local = new Set(['file', 'host_device', 'host_cdrom'])

/** Drivers that stand on another node. */
const layers =
  /^(?:raw|qcow2?|qed|vmdk|vdi|vpc|vhdx|parallels|luks|bochs|cloop|dmg|throttle|copy-on-read)$/

/** Formats that qemu-img does not make without being told more. */
const unmade = /^(?:luks|bochs|cloop|dmg)$/

/** A PC's firmware flash takes at most 8 MiB together; Arm's board wants 64 MiB in each chip. */
const flashBytes = (program: string): number =>
  program.endsWith('aarch64') ? 64 * 1_048_576 : 1_048_576

/**
 * Gives each block node a stand-in: images of the right format for files, nothing but zeros for
 * what would come over a network.
 */
export function blockNodes(
  options: readonly Option[],
  host: SampleHost,
  program: string,
): (parts: Parts) => Option | undefined {
  const nodes = options.flatMap(({ name, parts }) =>
    name === '-blockdev' && parts !== undefined ? [parts] : [],
  )
  const topOf = (storage: unknown): Parts | undefined => nodes.find(({ file }) => file === storage)
  const isRemote = (node: unknown): boolean => {
    const driver = nodes.find((one) => one['node-name'] === node)?.driver
    return typeof driver === 'string' && !local.has(driver) && !layers.test(driver)
  }
  return (parts) => {
    const driver = String(parts.driver)
    const node = parts['node-name']
    if (local.has(driver)) {
      const { 'pr-manager': _, ...rest } = parts
      const path = String(parts.filename)
      const flash = String(node).includes('pflash')
      const top = topOf(node)
      const filename = flash
        ? host.file(path, flashBytes(program))
        : host.image(path, typeof top?.driver === 'string' ? top.driver : 'raw', endOfSlice(top))
      return json({ ...rest, driver: 'file', filename })
    }
    if (layers.test(driver)) {
      const { file } = parts
      return unmade.test(driver) || isRemote(file)
        ? json({ driver: 'raw', 'node-name': node, 'read-only': parts['read-only'], file })
        : json(parts)
    }
    return json({ driver: 'null-co', 'node-name': node, size: 67_108_864 })
  }
}

/** Where the part of a file that a node shows ends; a sparse file can be that long. */
function endOfSlice(top: Parts | undefined): number {
  return Math.min(Number(top?.offset ?? 0) + Number(top?.size ?? 0), 2 ** 40)
}

function json(parts: Parts): Option {
  return { name: '-blockdev', parts, json: true }
}
