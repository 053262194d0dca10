import { integer, oneOf, onOff, present, required, text } from '../../xml/fields.ts'
import type { XmlFields } from '../../xml/fields.ts'
import { mibField } from '../memory.ts'
import { deviceInfoXml } from './device-info.ts'
import type { DeviceInfo } from './device-info.ts'

/** Memory shared between guests. */
export interface Shmem extends DeviceInfo {
  readonly name: string
  readonly role?: 'master' | 'peer'
  readonly model?: 'ivshmem' | 'ivshmem-plain' | 'ivshmem-doorbell'
  readonly sizeMiB?: number
  readonly server?: boolean
  readonly serverPath?: string
  readonly msi?: boolean
  readonly msiVectors?: number
  readonly msiIoeventfd?: boolean
}

/** The file of Linux that memory of this name is; whoever comes first makes it, and nobody removes it. */
export function sharedMemory({ name, sizeMiB = 4 }: Shmem): { file: string; bytes: number } {
  return { file: `/dev/shm/${name}`, bytes: sizeMiB * 1024 * 1024 }
}

export const shmemXml: XmlFields<Shmem> = {
  name: required(text('@name')),
  role: oneOf('@role', ['master', 'peer']),
  model: oneOf('model/@type', ['ivshmem', 'ivshmem-plain', 'ivshmem-doorbell']),
  sizeMiB: mibField('size'),
  server: present('server'),
  serverPath: text('server/@path'),
  msi: present('msi'),
  msiVectors: integer('msi/@vectors', { max: 0xffffffff }),
  msiIoeventfd: onOff('msi/@ioeventfd'),
  ...deviceInfoXml,
}
