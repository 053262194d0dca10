import { describe, expect, it } from 'vitest'
import { minimalArch, minimalCapabilities } from '../../src/minimal-arch.ts'
import { conformanceCases, type CaseOptions } from '../../src/run/conformance-cases.ts'
import type { ConformanceCase } from '../../src/run/conformance-case.ts'
import { listScenarios } from '../../src/run/list-scenarios.ts'
import type { ArchSubject } from '../../src/run/run-options.ts'
import { toyRecipe } from '../nested/toy-nested.ts'

const [{ name: guest, emulators }] = minimalArch.guests

const subject: ArchSubject = {
  arch: minimalArch,
  capabilities: { [emulators[0]]: minimalCapabilities },
  recipes: { [guest]: { debianArch: 'toy', kernelPackage: 'linux-image-toy' } },
  nestedHosts: { [guest]: toyRecipe },
  packages: ['/opt/polyvirt'],
}

/** Any program that is there: nothing is started by listing. */
const asked = {
  emulators: { [guest]: { path: process.execPath, capabilities: minimalCapabilities } },
}

const nestedOf = (of: ArchSubject, options: CaseOptions): readonly ConformanceCase[] =>
  conformanceCases(of, { ...asked, ...options }).filter(({ tier }) => tier === 'nested')

describe('guests that are hosts', () => {
  it('are tried where that is asked for: one host for everything, or one for each act', () => {
    expect(nestedOf(subject, {})).toEqual([])
    const ids = nestedOf(subject, { nested: true }).map(({ scenario }) => scenario)
    expect(ids).toEqual(['nested/whole'])
    const all = nestedOf(subject, { nested: true, boots: 'all' }).map(({ scenario }) => scenario)
    expect(all).toContain('nested/two-at-once')
    expect(all.at(-1)).toBe('nested/whole')
  })

  it('are not run where nobody says what is to be installed in them', () => {
    const { packages: _, ...without } = subject
    const [only] = nestedOf(without, { nested: true })
    expect(only?.notRun).toBe('nobody says where the packages of polyvirt are')
  })

  it('are none of an architecture whose virtualization nobody emulates', () => {
    const { nestedHosts: _, ...without } = subject
    expect(nestedOf(without, { nested: true })).toEqual([])
    const listed = (of: ArchSubject): readonly string[] =>
      listScenarios([of])
        .filter(({ chapter }) => chapter === 'nested')
        .map(({ id }) => id)
    expect(listed(without)).toEqual([])
    expect(listed(subject)).toContain('nested/whole')
  })
})
