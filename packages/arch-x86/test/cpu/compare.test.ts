import { describe, expect, it } from 'vitest'
import type { Cpu } from '@polyvirt/core/arch'
import { cpu } from '../../src/cpu-driver.ts'
import { contextOf } from '../contexts.ts'
import { answers } from '../libvirt-answers.ts'
import { epycGuest } from '../hosts/epyc-guest.ts'

const hosts = {
  host: cpu.host?.(epycGuest.expected),
  qemu: cpu.hostModel?.(contextOf()),
}

function ask(question: string): string {
  const [name, model = '', match] = question.split(' ')
  const host = hosts[name as keyof typeof hosts]
  if (host === undefined) throw new Error(`no CPU of ${name}`)
  const guest: Cpu = { mode: 'custom', model, match: match as NonNullable<Cpu['match']> }
  const { result, reason } = cpu.compare(host, guest)
  return reason === undefined ? result : `${result}: ${reason}`
}

describe('compared as libvirt does:', () => {
  it.each(answers('compares'))('%s', (line) => {
    const [question = '', answer] = line.split(' = ')
    expect(ask(question)).toBe(answer)
  })
})

describe('a CPU', () => {
  const westmere: Cpu = { model: 'Westmere', vendor: 'Intel' }

  it('of another vendor cannot run', () => {
    const guest: Cpu = { mode: 'custom', model: 'kvm64', vendor: 'AMD' }
    expect(cpu.compare(westmere, guest)).toEqual({
      result: 'incompatible',
      reason: 'host CPU vendor does not match required CPU vendor AMD',
    })
  })

  it('must not be on a host that has what it forbids', () => {
    const features = [{ policy: 'forbid', name: 'aes' }] as const
    expect(cpu.compare(westmere, { mode: 'custom', model: 'kvm64', features }).reason).toBe(
      'Host CPU provides forbidden features: aes',
    )
  })

  it('does without what it forces, disables or would like to have', () => {
    const features = [
      { policy: 'force', name: 'avx' },
      { policy: 'optional', name: 'avx2' },
      { policy: 'disable', name: 'nx' },
    ] as const
    const guest: Cpu = { mode: 'custom', model: 'kvm64', features }
    expect(cpu.compare(westmere, guest)).toEqual({ result: 'superset' })
  })

  it('is told to be unknown by its name', () => {
    expect(cpu.compare(westmere, { model: 'Nope' }).reason).toBe('Unknown CPU model Nope')
    expect(cpu.compare({}, { model: 'Westmere' }).reason).toBe('unknown host CPU')
    const features = [{ name: 'no-such' }]
    expect(cpu.compare(westmere, { model: 'kvm64', features }).reason).toBe(
      'Unknown CPU feature no-such',
    )
  })
})
