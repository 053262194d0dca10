import { linuxTopology } from '@polyvirt/core/arch'
import type { HostFiles, LinuxTopology, LinuxTopologyOptions } from '@polyvirt/core/arch'

const topology = /^\/sys\/devices\/system\/cpu\/cpu\d+\/topology\/physical_package_id$/

/** Identifiers of containers are single bytes (STSI 15.1.x, "Topology-List Entries"). */
const containerIds = 256

/**
 * CPUs by socket, core and thread. Sockets are numbered within their book and books within their
 * drawer, so a socket's own number may stand for several; then all three make one number.
 */
export function readThreads(files: HostFiles, options: LinuxTopologyOptions): LinuxTopology {
  const plain = linuxTopology(files, options)
  const sockets = (plain.onlineCpus ?? []).map((id) => containersOf(files, id))
  const distinct = new Set(sockets.map((ids) => ids.join()))
  const named = new Set(sockets.map(([socket]) => socket))
  return distinct.size === named.size ? plain : linuxTopology(unambiguous(files), options)
}

function containersOf(files: HostFiles, cpu: number): readonly [number, number, number] {
  const folder = `/sys/devices/system/cpu/cpu${cpu}/topology`
  return [
    number(files, `${folder}/physical_package_id`),
    number(files, `${folder}/book_id`),
    number(files, `${folder}/drawer_id`),
  ]
}

function number(files: HostFiles, path: string): number {
  const text = new TextDecoder().decode(files.read(path) ?? new Uint8Array()).trim()
  return /^\d{1,3}$/.test(text) ? Number(text) : 0
}

function unambiguous(files: HostFiles): HostFiles {
  return {
    list: (path) => files.list(path),
    read(path) {
      if (!topology.test(path)) return files.read(path)
      const cpu = Number(/cpu(\d+)\//.exec(path)?.[1])
      const [socket, book, drawer] = containersOf(files, cpu)
      const id = (drawer * containerIds + book) * containerIds + socket
      return new TextEncoder().encode(String(id))
    },
  }
}
