import { readXml } from '@polyvirt/core'
import { expect, test } from 'vitest'
import { Corpus } from './corpus.ts'
import { treeOf, writeTree } from './tree.ts'

const cases = ['x86_64', 'ppc64le'].map((guestName) => ({
  key: `${guestName}/one`,
  guestName,
  answered: false,
  xml: `<domain type='qemu'>
  <name>guest</name>
  <memory unit='MiB'>512</memory>
  <os><type arch='${guestName}'>hvm</type></os>
  <devices>
    <disk type='file'><source file='/a,b &apos;c&apos;.img'/><target dev='vda'/></disk>
    <interface type='user'/>
  </devices>
</domain>`,
}))
const numbers = Array.from({ length: 200 }, (_, index) => index)

test('A seed and a number name one mutant for good', () => {
  const [first, second] = [new Corpus(cases, 7), new Corpus(cases, 7)]
  const backwards = numbers.toReversed().map((index) => second.mutant(index).xml)
  expect(backwards.toReversed()).toEqual(numbers.map((index) => first.mutant(index).xml))
})

test('Another seed makes other mutants', () => {
  const [first, second] = [new Corpus(cases, 1), new Corpus(cases, 2)]
  const differ = numbers.filter((index) => first.mutant(index).xml !== second.mutant(index).xml)
  expect(differ.length).toBeGreaterThan(numbers.length / 2)
})

test('Mutants are well-formed, and hardly two are alike', () => {
  const corpus = new Corpus(cases, 1)
  const texts = numbers.map((index) => corpus.mutant(index).xml)
  // Characters that no XML may hold are part of the trial.
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is meant
  const legal = texts.filter((text) => !/&#1;|\u0001|xmlns/.test(text))
  for (const text of legal) expect(() => readXml(text)).not.toThrow()
  expect(new Set(texts).size).toBeGreaterThan(numbers.length * 0.75)
})

test('A document that is not damaged is written as it was read', () => {
  const element = readXml(cases[0]?.xml ?? '')
  expect(treeOf(readXml(writeTree(treeOf(element))))).toEqual(treeOf(element))
})

test('A corpus of nothing is refused', () => {
  const broken = { key: 'x86_64/one', guestName: 'x86_64', answered: false, xml: '<domain>' }
  expect(() => new Corpus([broken], 1)).toThrow('no document')
})
