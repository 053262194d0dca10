import { hostCells, hostMemoryKiB, hostPageSizesKiB, hostText } from '@polyvirt/core/arch'
import type { HostFiles, HostInfo, HostInfoReader } from '@polyvirt/core/arch'
import { modelByPvr } from './cpu-models.ts'

/** Strings of the device tree end with a NUL. */
function property(files: HostFiles, path: string): string | undefined {
  const found = hostText(files, `/proc/device-tree/${path}`).replace(/\0.*$/s, '')
  return found === '' ? undefined : found
}

/** Reads a Power host from /proc/cpuinfo, the device tree and /sys. */
export const host: HostInfoReader = {
  machines: ['ppc64le', 'ppc64'],
  read(files): HostInfo {
    const cpuinfo = hostText(files, '/proc/cpuinfo')
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}\\s*:\\s*(.*)$`, 'm').exec(cpuinfo)?.[1]
    const cpus = [...cpuinfo.matchAll(/^processor\s*:/gm)].length
    const description = field('cpu')
    const pvr = pvrOf(field('revision'))
    const model = pvr === undefined ? undefined : modelByPvr(pvr)
    const threads = threadsPerCore(files)
    return {
      arch: littleEndian(files) ? 'ppc64le' : 'ppc64',
      cpu: {
        ...(model !== undefined && { model: model.name }),
        ...(model?.vendor !== undefined && { vendor: model.vendor }),
        ...(description !== undefined && { description }),
        ...(pvr !== undefined && { pvr }),
        features: [],
        mhz: Math.floor(Number.parseFloat(field('clock') ?? '0')),
      },
      topology: {
        cpus,
        nodes: 1,
        sockets: 1,
        cores: Math.max(1, Math.floor(cpus / threads)),
        threads,
      },
      memoryKiB: hostMemoryKiB(files),
      pageSizesKiB: hostPageSizesKiB(files, 64),
      cells: hostCells(files),
      firmware: firmware(files),
    }
  },
}

/** `2.2 (pvr 004e 1202)` is 0x004e1202. */
function pvrOf(revision: string | undefined): number | undefined {
  const halves = /\(pvr ([0-9a-f]{4}) ([0-9a-f]{4})\)/i.exec(revision ?? '')
  return halves === null ? undefined : Number.parseInt(`${halves[1] ?? ''}${halves[2] ?? ''}`, 16)
}

/** Guests and hosts of either byte order show the same tree; the ELF header of init tells. */
function littleEndian(files: HostFiles): boolean {
  const header = files.read('/proc/self/exe')
  return header === undefined || header[5] === 1
}

/** One interrupt server number, of four bytes, for each hardware thread. */
function threadsPerCore(files: HostFiles): number {
  const node = files.list('/proc/device-tree/cpus').find((name) => name.startsWith('PowerPC,'))
  if (node === undefined) return 1
  const servers = files.read(`/proc/device-tree/cpus/${node}/ibm,ppc-interrupt-server#s`)
  return Math.max(1, Math.floor((servers?.length ?? 4) / 4))
}

function firmware(files: HostFiles): HostInfo['firmware'] {
  const product = property(files, 'model')
  if (product === undefined) return { kind: 'none' }
  const manufacturer = property(files, 'vendor')
  const serial = property(files, 'system-id')
  const uuid = property(files, 'vm,uuid') ?? property(files, 'ibm,partition-uuid')
  return {
    kind: 'device-tree',
    product,
    ...(manufacturer !== undefined && { manufacturer }),
    ...(serial !== undefined && { serial }),
    ...(uuid !== undefined && { uuid }),
  }
}
