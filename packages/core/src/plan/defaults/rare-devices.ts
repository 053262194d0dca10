import { defaultBackend } from './consoles.ts'
import { devicePath, fill } from './defaulting.ts'
import type { Defaulting } from './defaulting.ts'
import { defaultModel, lookUp } from '../allow-list.ts'
import { devicesOf } from '../draft.ts'
import type { DeviceDraft } from '../draft.ts'
import type { Hostdev } from '../../domain/devices/hostdev.ts'
import type { SoundModel } from '../../domain/devices/sound.ts'
import type { VirtioModel } from '../../domain/devices/rng.ts'

/** Models and meanings of the devices that few guests have. */
export function defaultRareDevices(d: Defaulting): void {
  for (const tpm of devicesOf(d.domain, 'tpm')) defaultTpm(d, tpm)
  for (const shmem of devicesOf(d.domain, 'shmem')) {
    const model = defaultModel('shmem', d.context) as DeviceDraft<'shmem'>['model']
    fill(d, 'shmem', shmem, 'model', model, {
      rule: 'devices/shmem/default',
      reason: 'the plain form, a file of shared memory',
      arch: true,
    })
    if (shmem.model !== 'ivshmem-doorbell')
      fill(d, 'shmem', shmem, 'sizeMiB', 4, {
        rule: 'shmem/size',
        reason: "libvirt's size where none is given",
      })
    else {
      const why = { rule: 'shmem/msi', reason: 'whoever rings the bell interrupts the other' }
      fill(d, 'shmem', shmem, 'msi', true, why)
      fill(d, 'shmem', shmem, 'msiIoeventfd', true, why)
    }
  }
  for (const vsock of devicesOf(d.domain, 'vsock')) {
    const model = defaultModel('vsock', d.context) as VirtioModel | undefined
    fill(d, 'vsock', vsock, 'model', model, {
      rule: 'devices/vsock/default',
      reason: "the architecture's vsock where no model is named",
      arch: true,
    })
    fill(d, 'vsock', vsock, 'auto', vsock.cid === undefined, {
      rule: 'vsock/cid',
      reason: 'a context id is given, or polyvirt finds a free one at start',
    })
  }
  for (const sound of devicesOf(d.domain, 'sound'))
    if (!withCodecs.includes(sound.model)) delete sound.codecs
  for (const device of devicesOf(d.domain, 'hostdev')) defaultHostdev(d, device)
  for (const one of devicesOf(d.domain, 'filesystem')) {
    for (const key of ['fmode', 'dmode'] as const) {
      const mode = one[key]
      if (mode !== undefined && /^[0-7]{1,4}$/.test(mode)) one[key] = mode.padStart(4, '0')
    }
    // A socket's server has decided whose files they are.
    if (one.sourceSocket !== undefined) continue
    fill(d, 'filesystem', one, 'accessmode', 'passthrough', {
      rule: 'filesystem/accessmode',
      reason: "libvirt's meaning of a left-out attribute, spelled out",
    })
  }
  for (const [i, device] of devicesOf(d.domain, 'redirdev').entries())
    defaultBackend(d, devicePath('redirdev', i), device)
  for (const [i, card] of devicesOf(d.domain, 'smartcard').entries()) {
    // Only a card that is passed through has another end.
    if (card.mode !== 'passthrough') delete card.type
    else defaultBackend(d, devicePath('smartcard', i), card)
  }
  for (const device of devicesOf(d.domain, 'memory')) {
    if (device.model === 'virtio-pmem')
      fill(d, 'memory', device, 'access', 'shared', {
        rule: 'memory/access',
        reason: 'what the guest writes goes to the file',
      })
    if (device.model === 'virtio-mem') continue
    delete device.blockKiB
    delete device.requestedKiB
  }
}

/** Cards behind which there are codecs of the guest's choice. */
const withCodecs: readonly SoundModel[] = ['ich6', 'ich9']

/** What each back end of a TPM is told; of the others it says nothing. */
const tpmWords = {
  passthrough: ['device'],
  emulator: ['version', 'encryptionSecret', 'persistentState', 'activePcrBanks'],
  external: ['sourceType', 'sourcePath', 'sourceMode'],
} as const

function defaultTpm(d: Defaulting, tpm: DeviceDraft<'tpm'>): void {
  const model = defaultModel('tpm', d.context) as DeviceDraft<'tpm'>['model']
  fill(d, 'tpm', tpm, 'model', model, {
    rule: 'devices/tpm/default',
    reason: "the architecture's TPM where no model is named",
    arch: true,
  })
  for (const [backend, words] of Object.entries(tpmWords))
    if (backend !== tpm.backend) for (const key of words) delete tpm[key]
  if (tpm.backend !== 'emulator') return
  const versions = lookUp('tpm', tpm.model ?? '', d.context)?.versions
  fill(d, 'tpm', tpm, 'version', versions?.[0] as DeviceDraft<'tpm'>['version'], {
    rule: 'tpm/version',
    reason: 'the version that the model was made for',
    arch: true,
  })
}

/** Words of some kinds of the host's devices, of which the others say nothing. */
const hostdevWords: readonly (readonly [keyof Hostdev, readonly Hostdev['type'][]])[] = [
  ['display', ['mdev']],
  ['ramfb', ['mdev']],
  ['driverName', ['pci']],
  ['guestReset', ['usb']],
  ['vendor', ['usb']],
  ['product', ['usb']],
  ['readonly', ['scsi']],
  ['shareable', ['scsi']],
]

function defaultHostdev(d: Defaulting, device: DeviceDraft<'hostdev'>): void {
  if (device.mode !== 'subsystem') return
  for (const [key, types] of hostdevWords) if (!types.includes(device.type)) delete device[key]
  // A target alone means its first unit, as with a disk.
  if (device.protocol === 'iscsi' && device.sourceName?.includes('/') === false)
    device.sourceName += '/0'
  fill(d, 'hostdev', device, 'managed', false, {
    rule: 'hostdev/managed',
    reason: "libvirt's meaning of a left-out attribute, spelled out",
  })
  if (device.type === 'mdev' && device.model === 'vfio-pci') {
    fill(d, 'hostdev', device, 'display', false, {
      rule: 'hostdev/display',
      reason: 'a mediated device shows no picture unless it is asked to',
    })
  }
}
