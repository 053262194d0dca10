import type { SecretReference } from '../../domain/devices/disk-source.ts'
import type { Domain } from '../../domain/domain.ts'
import { diskSecrets, numberImages } from '../../qemu/devices/image-nodes.ts'
import { hostdevSecrets } from '../../qemu/devices/secret-argv.ts'
import type { NeededSecret } from '../../qemu/devices/secret-argv.ts'

/** Id of what the state of an emulated TPM is encrypted with; QEMU itself never sees it. */
export const tpmSecretId = 'tpm-encryption-secret0'

/** Is this for the TPM, which runs before QEMU does? */
export function isOfTpm({ id }: NeededSecret): boolean {
  return id === tpmSecretId
}

export function isOfQemu(one: NeededSecret): boolean {
  return !isOfTpm(one)
}

/** Everything secret that a start of the domain hands over, with its place in the domain. */
export function neededSecrets({ devices }: Domain): readonly NeededSecret[] {
  const disks = devices.disk ?? []
  const numbers = numberImages(disks)
  return [
    ...disks.flatMap((disk, i) => {
      const number = numbers.get(disk)
      return number === undefined ? [] : placed(`disk[${i + 1}]`, diskSecrets(disk, number))
    }),
    ...(devices.hostdev ?? []).flatMap((one, i) =>
      placed(`hostdev[${i + 1}]`, hostdevSecrets(one)),
    ),
    ...(devices.tpm ?? []).flatMap(({ backend, encryptionSecret }, i) =>
      backend !== 'emulator' || encryptionSecret === undefined
        ? []
        : placed(`tpm[${i + 1}]`, [tpmSecret({ type: 'vtpm', uuid: encryptionSecret })]),
    ),
  ]
}

function tpmSecret(reference: SecretReference): NeededSecret {
  return { id: tpmSecretId, path: 'backend/encryption/@secret', reference }
}

function placed(device: string, needed: readonly NeededSecret[]): readonly NeededSecret[] {
  return needed.map((one) => ({ ...one, path: `devices/${device}/${one.path}` }))
}
