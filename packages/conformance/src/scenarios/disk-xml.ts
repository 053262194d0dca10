import { image } from '../scenario.ts'

/** What a test's disk is made of; what is left out has a small default. */
export interface DiskParts {
  readonly name?: string
  readonly mebibytes?: number
  readonly target: string
  readonly bus?: string
  readonly device?: string
  readonly format?: 'raw' | 'qcow2'
  readonly driver?: string
  readonly inner?: string
}

/** A `<disk>` whose image the live and guest tiers make. */
export function disk(parts: DiskParts): string {
  const { name = 'disk', mebibytes = 1, target, bus, device = 'disk', format = 'raw' } = parts
  return (
    `<disk type='file' device='${device}'><driver type='${format}' ${parts.driver ?? ''}/>` +
    `<source file='${image(name, mebibytes, format)}'/>` +
    `<target dev='${target}'${bus === undefined ? '' : ` bus='${bus}'`}/>${parts.inner ?? ''}</disk>`
  )
}
