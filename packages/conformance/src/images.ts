import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Domain } from '@polyvirt/core'

/**
 * Makes the images that a scenario's disks name, in a folder of the run, and gives the domain that
 * uses them. `/images/a-3M.raw` says all there is to know: three empty mebibytes. What a board without
 * firmware of its own is given is such an image as well.
 */
export function withImages(domain: Domain, folder: string): Domain {
  const { devices, os } = domain
  const made = (path: string): string => {
    const file = join(folder, basename(path))
    mkdirSync(folder, { recursive: true })
    makeImage(file)
    return file
  }
  return {
    ...domain,
    os: {
      ...os,
      ...(os.loader !== undefined && isImage(os.loader) && { loader: made(os.loader) }),
      ...(os.kernel !== undefined && isImage(os.kernel) && { kernel: made(os.kernel) }),
    },
    devices: {
      ...devices,
      ...(devices.disk !== undefined && {
        disk: devices.disk.map((one) => {
          const path = one.source?.file
          if (path === undefined || !isImage(path)) return one
          return { ...one, source: { ...one.source, file: made(path) } }
        }),
      }),
    },
  }
}

const isImage = (path: string): boolean => path.startsWith('/images/')

function makeImage(file: string): void {
  const [, mebibytes, format] = /-(\d+)M\.(raw|qcow2)$/.exec(file) ?? []
  if (mebibytes === undefined) throw new Error(`the name of image ${file} does not tell its size`)
  const bytes = Number(mebibytes) * 1024 * 1024
  writeFileSync(file, format === 'qcow2' ? emptyQcow2(bytes) : '')
  if (format === 'raw') truncateSync(file, bytes)
}

/**
 * An empty qcow2 image of up to 512 MiB: header, refcount table, refcount block and L1 table, a
 * cluster each (QEMU docs/interop/qcow2.txt).
 */
export function emptyQcow2(bytes: number): Buffer {
  const clusterBits = 16
  const cluster = 1 << clusterBits
  const file = Buffer.alloc(4 * cluster)
  file.write('QFI\xfb', 0, 'latin1')
  file.writeUInt32BE(3, 4)
  file.writeUInt32BE(clusterBits, 20)
  file.writeBigUInt64BE(BigInt(bytes), 24)
  // One L1 entry maps 512 MiB.
  file.writeUInt32BE(1, 36)
  file.writeBigUInt64BE(BigInt(3 * cluster), 40)
  file.writeBigUInt64BE(BigInt(cluster), 48)
  file.writeUInt32BE(1, 56)
  file.writeUInt32BE(4, 96) // refcounts of 16 bits
  file.writeUInt32BE(104, 100) // header length
  file.writeBigUInt64BE(BigInt(2 * cluster), cluster)
  for (let index = 0; index < 4; index++) file.writeUInt16BE(1, 2 * cluster + 2 * index)
  return file
}
