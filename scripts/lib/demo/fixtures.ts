import { readFileSync } from 'node:fs'
import type { GuestReport } from '@polyvirt/conformance'

const read = (file: string): string =>
  readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'utf8')

/** What libvirt 9.0.0 with QEMU 7.2 prints for examples/guest.xml, defined for an architecture. */
export const libvirtsXml = (arch: string): string => read(`${arch}.xml`)

/** What a real guest with those devices reported. */
export const recordedReport = (arch: string): GuestReport =>
  JSON.parse(read(`${arch}.report.json`)) as GuestReport
