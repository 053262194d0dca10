import type { Disk, DiskSource } from '../../domain/devices/disk.ts'
import type { SecretReference } from '../../domain/devices/disk-source.ts'
import type { Hostdev } from '../../domain/devices/hostdev.ts'
import type { Argument } from '../argv-context.ts'
import { jsonOption } from '../option-string.ts'

/** Something secret that QEMU must be handed before it opens an image. */
export interface NeededSecret {
  /** QEMU's id of the object that holds it. */
  readonly id: string
  /** Where the document asks for it, below its device: `source/auth/secret`. */
  readonly path: string
  /** By which name it is kept; a value of the document's own has none. */
  readonly reference?: SecretReference
  readonly value?: string
}

/** QEMU's ids of what a source's storage and format nodes need, as libvirt 9.0 names them. */
export const secretIds = {
  auth: (node: string): string => `${node}-auth-secret0`,
  cookie: (node: string): string => `${node}-httpcookie-secret0`,
  encryption: (node: string): string => `${node}-encryption-secret0`,
  /** Of a host device's own node. */
  hostdev: (node: string): string => `${node}-secret0`,
} as const

/** A disk's own source with what libvirt's older documents say of it beside it. */
export function ownSource({ source, auth, encryption }: Disk): DiskSource {
  if (auth === undefined && encryption === undefined) return source ?? {}
  return { ...source, ...(auth && { auth }), ...(encryption && { encryption }) }
}

/** An image of a disk, for what it needs: the numbers of its nodes are in their names. */
export interface SecretImage {
  readonly node: number
  readonly source: DiskSource
  /** The image's `<source>`, below its device. */
  readonly path: string
  /** The parent of `<auth>` and `<encryption>`, where that is not the source. */
  readonly beside?: { readonly auth?: string; readonly encryption?: string }
}

/** What one image needs, in the order in which libvirt names it. */
export function imageSecrets({ node, source, path, beside = {} }: SecretImage): NeededSecret[] {
  const found: NeededSecret[] = []
  const { auth, encryption, cookies } = source
  if (auth !== undefined) {
    found.push({
      id: secretIds.auth(`libvirt-${node}-storage`),
      path: `${beside.auth ?? `${path}/`}auth/secret`,
      reference: auth.secret ?? {},
    })
  }
  if (encryption !== undefined) {
    found.push({
      id: secretIds.encryption(`libvirt-${node}-format`),
      path: `${beside.encryption ?? `${path}/`}encryption/secret`,
      reference: encryption.secrets?.[0] ?? {},
    })
  }
  if (cookies !== undefined) {
    found.push({
      id: secretIds.cookie(`libvirt-${node}-storage`),
      path: `${path}/cookies`,
      value: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
    })
  }
  return found
}

/** The node of a host device that QEMU reaches by itself. */
export function hostdevNode({ alias = '' }: Hostdev): string {
  return `libvirt-${alias}-backend`
}

/** What a unit on a server needs. */
export function hostdevSecrets(one: Hostdev): NeededSecret[] {
  if (one.auth === undefined) return []
  const id = secretIds.hostdev(hostdevNode(one))
  return [{ id, path: 'source/auth/secret', reference: one.auth.secret ?? {} }]
}

/** The file from which QEMU takes a secret; it lies there for as long as QEMU takes to read it. */
export function secretFile(stateDir: string, id: string): string {
  return `${stateDir}/${id}`
}

/** Objects that hold what is secret: what it is stands in files of the run, never in an argument. */
export function secretArguments(needed: readonly NeededSecret[], stateDir: string): Argument[] {
  return needed.map(({ id }): Argument => {
    const file = secretFile(stateDir, id)
    return ['-object', jsonOption({ 'qom-type': 'secret', id, format: 'raw', file })]
  })
}
