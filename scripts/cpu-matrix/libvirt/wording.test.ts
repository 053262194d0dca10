import { describe, expect, test } from 'vitest'
import { domainCase, pc, ppc64le, verbCase } from '../cases/matrix-case.ts'
import { readAnswers, writeQuestions } from './conversation.ts'
import { refusalIn } from './refusal.ts'
import { wording } from './wording.ts'

const domain = domainCase(pc, 'one', { mode: 'custom', model: 'Westmere' })
const dump = `<domain><cpu mode='custom' match='exact' check='none'>
  <model fallback='allow'>Westmere</model><feature policy='disable' name='svm'/></cpu></domain>`

describe('A domain', () => {
  const { read, commands } = wording.domain

  test('is undefined after it was asked about', () => {
    expect(commands(domain, '/f').at(0)).toBe('define /f')
    expect(commands(domain, '/f').at(-1)).toMatch(/^undefine /)
  })

  test('that is accepted has a definition and a -cpu', () => {
    const native = `LC_ALL=C qemu -machine pc,usb=off -cpu 'Westmere,svm=off' -m 1024`
    expect(read(['Domain defined', dump, native], domain)).toEqual({
      parts: {
        'domain verdict': 'accepted',
        dumpxml: {
          mode: 'custom',
          match: 'exact',
          check: 'none',
          model: 'Westmere',
          fallback: 'allow',
          features: ['disable svm'],
        },
        '-cpu': 'Westmere,svm=off',
      },
    })
  })

  test('of Power has what its machine is told of its CPU', () => {
    const power = domainCase(ppc64le, 'one', {})
    const native = 'qemu -machine pseries-7.2,usb=off,max-cpu-compat=power9 -cpu host'
    const { parts } = read(['', '<domain/>', native], power)
    expect(parts).toMatchObject({ dumpxml: null, '-machine': 'max-cpu-compat=power9' })
  })

  test('that is refused at define has nothing but the reason', () => {
    const said = 'error: Failed to define domain from /f\nerror: XML error: bad cpu'
    expect(read([said, 'error: failed to get domain', 'error: failed'], domain)).toEqual({
      parts: { 'domain verdict': 'refused at define', 'domain error': 'ERR_XML_ERROR' },
      message: 'bad cpu',
    })
  })

  test('that is refused at start has a definition', () => {
    const said = 'error: internal error: Unknown CPU model x'
    expect(read(['', dump, said], domain)).toMatchObject({
      parts: {
        'domain verdict': 'refused at start',
        'domain error': 'ERR_INTERNAL_ERROR',
        dumpxml: { model: 'Westmere' },
      },
      message: 'Unknown CPU model x',
    })
  })
})

describe('A comparison', () => {
  const { read } = wording['cpu-compare']
  const one = verbCase('cpu-compare', pc, 'one', [{}])

  test.each([
    ['CPU described in /f is incompatible with host CPU', 'incompatible'],
    ['Host CPU is a superset of CPU described in /f', 'superset'],
    ['CPU described in /f is identical to host CPU', 'identical'],
    ['error: internal error: Unknown CPU model x', 'ERR_INTERNAL_ERROR'],
  ])('%s', (said, result) => {
    expect(read([said, ''], one).parts).toEqual({ 'cpu-compare': result })
  })

  test('tells the reason that it gives as an error', () => {
    const strict = 'error: Failed\nerror: the CPU is incompatible with host CPU: no aes'
    expect(read(['CPU is incompatible', strict], one).message).toBe('no aes')
  })
})

test('A baseline is read as facts', () => {
  const one = verbCase('cpu-baseline', pc, 'one', [{}], ['--features'])
  expect(wording['cpu-baseline'].commands(one, '/f')).toEqual(['cpu-baseline /f --features'])
  const said = `<cpu mode='custom' match='exact'><model fallback='allow'>Westmere</model></cpu>`
  expect(wording['cpu-baseline'].read([said], one).parts).toEqual({
    'cpu-baseline': { mode: 'custom', match: 'exact', model: 'Westmere', fallback: 'allow' },
  })
})

describe('A refusal', () => {
  test.each([
    ['error: unsupported configuration: no', 'ERR_CONFIG_UNSUPPORTED', 'no'],
    ['error: this function is not supported by the connection driver: no', 'ERR_NO_SUPPORT', 'no'],
    ['error: Operation not supported: no: way', 'ERR_OPERATION_UNSUPPORTED', 'no: way'],
    ['error: something new', 'unknown', 'something new'],
  ])('%s', (said, code, message) => {
    expect(refusalIn(said)).toEqual({ code, message })
  })

  test('is none without a complaint', () => {
    expect(refusalIn('Domain defined')).toBeUndefined()
  })
})

describe('A conversation', () => {
  const questions = [
    { key: 'a', commands: ['one', 'two'] },
    { key: 'b', commands: ['three'] },
  ]

  test('finds each answer by its mark, without the prompt', () => {
    const said = writeQuestions(questions)
      .trimEnd()
      .split('\n')
      .flatMap((line) => [
        `virsh # ${line}`,
        line.startsWith('echo ') ? line.slice(5) : `said to ${line}`,
        '',
      ])
    expect(readAnswers(questions, said.join('\n'))).toEqual(
      new Map([
        ['a', ['said to one', 'said to two']],
        ['b', ['said to three']],
      ]),
    )
  })

  test('that broke off is no answer', () => {
    expect(() => readAnswers(questions, 'virsh # echo ~~0.0\n~~0.0\nhalf')).toThrow(
      'did not answer',
    )
  })
})
