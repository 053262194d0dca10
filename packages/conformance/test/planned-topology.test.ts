import { describe, expect, it } from 'vitest'
import { minimalArch, minimalCapabilities } from '../src/minimal-arch.ts'
import { askedDomain, planAsked, type Planned } from '../src/plan-scenario.ts'
import { plannedTopology, shownTopology } from '../src/planned-topology.ts'
import { domainXml } from '../src/scenario.ts'
import { targetsOf } from '../src/target.ts'

function planned(board: 'as asked' | 'flat', cells: readonly string[] = []): Planned {
  const [target] = targetsOf(
    minimalArch,
    minimalArch.guests[0],
    minimalCapabilities,
    '/usr/bin/toy',
  )
  if (target === undefined) throw new Error('the minimal architecture has no machine')
  const numa = cells.map((cpus, id) => `<cell id='${id}' cpus='${cpus}' memory='262144'/>`).join('')
  const xml = domainXml({
    vcpu: '<vcpu>4</vcpu>',
    cpu:
      "<cpu mode='custom' match='exact'><model>Toy1</model>" +
      "<topology sockets='2' cores='1' threads='2'/>" +
      `${numa === '' ? '' : `<numa>${numa}</numa>`}</cpu>`,
  })
  const profile = { ...target.profile, ...(board === 'flat' && { topology: 'flat' as const }) }
  return planAsked(askedDomain(xml, target), { ...target, profile })
}

describe('the topology that a guest is shown', () => {
  it('is the one that was asked for', () => {
    expect(shownTopology(planned('as asked'))).toMatchObject({ sockets: 2, cores: 1, threads: 2 })
    const counted = { nodes: 1, sockets: 2, cores: 1, threads: 2 }
    expect(plannedTopology(planned('as asked'))).toEqual(counted)
  })

  it('is one socket a node and one core a vCPU on a board that shows it flat', () => {
    expect(shownTopology(planned('flat'))).toEqual({ sockets: 1, cores: 4, threads: 1 })
    expect(shownTopology(planned('flat', ['0-1', '2-3']))).toMatchObject({ sockets: 2, cores: 2 })
    const counted = { nodes: 2, sockets: 1, cores: 2, threads: 1 }
    expect(plannedTopology(planned('flat', ['0-1', '2-3']))).toEqual(counted)
  })

  it('is nothing to go by where nodes of a flat board differ in size', () => {
    const uneven = planned('flat', ['0-2', '3'])
    expect(shownTopology(uneven)).toBeUndefined()
    expect(plannedTopology(uneven)).toEqual({ nodes: 1, sockets: 1, cores: 4, threads: 1 })
  })
})
