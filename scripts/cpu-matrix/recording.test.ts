import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateCases } from './cases/generate-cases.ts'
import { readRecording, recordingFile, writeRecording } from './recording.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pv-recording-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const recording = readRecording()
const cases = generateCases(recording.vocabulary)

test('What is read is written the same again', () => {
  const file = join(folder, 'again.json')
  writeRecording(recording, cases, file)
  expect(readRecording(file)).toEqual(recording)
  expect(readFileSync(file, 'utf8')).toBe(readFileSync(recordingFile, 'utf8'))
})

test('The recording stays small', () => {
  expect(statSync(recordingFile).size).toBeLessThan(1 << 20)
})

test('Every case has a recorded answer, and every answer is to a case', () => {
  expect([...recording.answers.keys()]).toEqual(cases.map(({ id }) => id))
})

test('An answer of an unknown kind is refused', () => {
  const file = join(folder, 'unknown.json')
  const stored = JSON.parse(readFileSync(recordingFile, 'utf8')) as { cases: object }
  writeFileSync(file, JSON.stringify({ ...stored, cases: { 'what/is/this': [0] } }))
  expect(() => readRecording(file)).toThrow('what/is/this')
})
