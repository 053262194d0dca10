/**
 * Extensions of the instruction set by the names of the specifications (RISC-V ISA manual, chapter
 * "ISA Extension Naming Conventions"), in lower case as Linux prints them, which are CPU features here.
 */

/** Single letters that QEMU has a switch for (target/riscv/cpu.c, `misa_ext_cfgs`). */
export const letters: readonly string[] = [...'imafdcehsugvb']

/** Switches of QEMU 7.2 beyond letters (`qemu-system-riscv64 -device rv64-riscv-cpu,help`). */
export const olderExtensions: readonly string[] = [
  'sscofpmf',
  'sstc',
  'svinval',
  'svnapot',
  'svpbmt',
  'xventanacondops',
  'zba',
  'zbb',
  'zbc',
  'zbkb',
  'zbkc',
  'zbkx',
  'zbs',
  'zdinx',
  'zfh',
  'zfhmin',
  'zfinx',
  'zhinx',
  'zhinxmin',
  'zicsr',
  'zifencei',
  'zihintpause',
  'zk',
  'zkn',
  'zknd',
  'zkne',
  'zknh',
  'zkr',
  'zks',
  'zksed',
  'zksh',
  'zkt',
  'zmmul',
  'zve32f',
  'zve64f',
]

/** Names that QEMU before 8.2 writes with a capital letter. */
export const capitalized: ReadonlySet<string> = new Set([
  'zfh',
  'zfhmin',
  'zicsr',
  'zifencei',
  'zihintpause',
  'zve32f',
  'zve64f',
])

/**
 * What an extension cannot be without, as far as QEMU insists instead of turning it off itself
 * (target/riscv/tcg/tcg-cpu.c, `riscv_cpu_validate_set_extensions`; tried on 7.2 and 10.0).
 */
export const needs: readonly (readonly [extension: string, needed: string])[] = [
  ['d', 'f'],
  ['v', 'd'],
  ['f', 'zicsr'],
  ['h', 's'],
  ['s', 'u'],
  ['zfa', 'f'],
  ['zfh', 'f'],
  ['zfhmin', 'f'],
  ['zawrs', 'a'],
]

/** Of those, what `rv64` has by itself where its QEMU knows it. */
export const ownOfRv64: ReadonlySet<string> = new Set(['d', 'f', 'h', 's', 'u', 'zfa', 'zawrs'])

/** Extensions that exclude each other: floating point in registers of its own, or in those of integers. */
export const exclusive: readonly (readonly [string, string])[] = [
  ['f', 'zfinx'],
  ['d', 'zdinx'],
  ['i', 'e'],
]
