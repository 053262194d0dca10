import { describe, expect, test } from 'vitest'
import { absent, define, destroy, start, undefine } from '../random/model.ts'
import type { Guest, Move } from '../random/model.ts'
import { hasSerialOrder, saysBusy } from './serial.ts'

const off: Guest = { ...absent, name: 'g', persistent: true, memoryMiB: 64 }
const running: Guest = { ...off, runs: true }
const said = (move: Move, succeeded: boolean, busy = false) => ({ move, succeeded, busy })

describe('a race has a serial order', () => {
  test('where one of two starts wins', () => {
    const answers = [said(start, false), said(start, true)]
    expect(hasSerialOrder(answers, { first: off, last: running })).toBe(true)
  })

  test('where the one that lost was told who holds the domain', () => {
    const answers = [said(destroy, false, true), said(start, true)]
    expect(hasSerialOrder(answers, { first: off, last: running })).toBe(true)
  })
})

describe('a race has no serial order', () => {
  test('where both starts say that they won', () => {
    const answers = [said(start, true), said(start, true)]
    expect(hasSerialOrder(answers, { first: off, last: running })).toBe(false)
  })

  test('where what was told is not what is', () => {
    expect(hasSerialOrder([said(start, true)], { first: off, last: off })).toBe(false)
    const answers = [said(undefine, true), said(define(96), true)]
    expect(hasSerialOrder(answers, { first: off, last: off })).toBe(false)
  })
})

describe('a command did nothing', () => {
  test.each([
    [1, "error: domain 'g' is held by pid 7, which does 'start'", true],
    [1, "error: Requested operation is not valid: domain 'g' is not running any more", true],
    [1, "error: operation failed: domain 'g': lost the QEMU monitor: 'write EPIPE'", true],
    [1, 'error: the disk is full', false],
    [0, "domain 'g' is held by pid 7", false],
  ])('where it ended with %d and said %j: %j', (code, stderr, expected) => {
    expect(saysBusy({ code, stderr })).toBe(expected)
  })
})
