import { readFile, readdir, rm } from 'node:fs/promises'
import { domainError, identify, writePrivateFile } from '@polyvirt/core/driver'
import type { DriverContext } from '@polyvirt/core/driver'

/** libvirt's `REMOTE_SECRET_VALUE_MAX`, in bytes. */
export const maxValueBytes = 65_536

/** Where the values of secrets are: files that only this user reads, one for each secret. */
export interface SecretValues {
  read(uuid: string): Promise<Uint8Array | undefined>
  write(uuid: string, value: Uint8Array, ephemeral: boolean): Promise<void>
  remove(uuid: string): Promise<void>
  /**
   * Puts every value where it belongs; one whose secret is gone is removed. What a killed command
   * left is put right by it.
   *
   * @param isEphemeral nothing where there is no such secret
   */
  settle(isEphemeral: (uuid: string) => boolean | undefined): Promise<void>
}

/** As libvirt calls them. */
const fileName = /^([0-9a-f-]{36})\.base64$/

/** A file that is not whole yet, and the process that writes it. */
const unfinished = /^\..*\.base64\.(\d+)-\w+\.new$/

export function secretValues({ libDir, runDir }: DriverContext): SecretValues {
  const homeOf = (ephemeral: boolean): string => (ephemeral ? runDir : libDir)
  const fileIn = (dir: string, uuid: string): string => `${dir}/${uuid}.base64`
  const readIn = async (dir: string, uuid: string): Promise<Uint8Array | undefined> => {
    try {
      return Buffer.from(await readFile(fileIn(dir, uuid), 'latin1'), 'base64')
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      const why = (cause as Error).message
      throw domainError('ERR_SYSTEM_ERROR', `cannot read the value of secret ${uuid}: ${why}`, {
        cause,
      })
    }
  }
  const write: SecretValues['write'] = async (uuid, value, ephemeral) => {
    const text = Buffer.from(value).toString('base64')
    await writePrivateFile(fileIn(homeOf(ephemeral), uuid), text, { durable: !ephemeral })
    await rm(fileIn(homeOf(!ephemeral), uuid), { force: true })
  }
  const read: SecretValues['read'] = async (uuid) =>
    (await readIn(runDir, uuid)) ?? (await readIn(libDir, uuid))
  return {
    read,
    write,
    async remove(uuid) {
      for (const dir of [libDir, runDir]) await rm(fileIn(dir, uuid), { force: true })
    },
    async settle(isEphemeral) {
      for (const dir of [libDir, runDir]) {
        for (const name of await readdir(dir)) {
          const writer = unfinished.exec(name)?.[1]
          if (writer !== undefined && identify(Number(writer)) === undefined)
            await rm(`${dir}/${name}`, { force: true })
          const uuid = fileName.exec(name)?.[1]
          if (uuid === undefined) continue
          const ephemeral = isEphemeral(uuid)
          if (ephemeral !== undefined && dir === homeOf(ephemeral)) continue
          const value = ephemeral === undefined ? undefined : await read(uuid)
          if (ephemeral === undefined || value === undefined)
            await rm(`${dir}/${name}`, { force: true })
          else await write(uuid, value, ephemeral)
        }
      }
    },
  }
}
