import type { DomainDefinition } from '../../src/store/index.ts'

/** A UUID ending in this number. */
export function uuid(number: number | string): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

export function definition(
  name: string,
  id: string,
  xml = `<domain>${name}</domain>`,
): DomainDefinition {
  return { uuid: id, name, xml, arch: 'x', machine: 'm', virtType: 'qemu' }
}

export function pairOf(number: string): readonly string[] {
  return [uuid(`${number}1`), uuid(`${number}2`)]
}
