#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createArch } from './create-arch.ts'
import { CreateArchError } from './create-arch-error.ts'
import { formatCreated } from './format-created.ts'

const usage = `Makes the package of a new CPU architecture for polyvirt.

  npm create polyvirt-arch NAME -- [options]

    --directory DIR      the folder to make (default polyvirt-arch-NAME)
    --guest A,B          values of <type arch='…'> (default NAME)
    --emulator QEMU      name or path of the QEMU to ask (default qemu-system-NAME)
    --package PACKAGE    npm's name (default polyvirt-arch-NAME)
    --license SPDX       npm's name of the license (default Apache-2.0)
    --help               this help
`

const option = { type: 'string' } as const

/** @returns the exit code: 0 made, 1 not made, 2 the command line says nothing. */
async function main(): Promise<number> {
  const parsed = read()
  if (typeof parsed === 'number') return parsed
  const { name, values } = parsed
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  const from = process.cwd()
  const { directory, emulator } = values
  try {
    const created = await createArch({
      name,
      from,
      version: ownVersion(),
      path: process.env['PATH'] ?? '',
      signal: interrupt.signal,
      ...(values.guest !== undefined && { guests: values.guest.split(',') }),
      ...(directory !== undefined && { directory }),
      ...(emulator !== undefined && { emulator }),
      ...(values.package !== undefined && { package: values.package }),
      ...(values.license !== undefined && { license: values.license }),
    })
    process.stdout.write(formatCreated(created, from))
    return 0
  } catch (error) {
    if (interrupt.signal.aborted) return 130
    if (!(error instanceof CreateArchError)) throw error
    process.stderr.write(`error: ${error.message}\n`)
    return 1
  }
}

function read(): number | { readonly name: string; readonly values: Values } {
  try {
    const { values, positionals } = parseArgs({
      options: {
        directory: option,
        guest: option,
        emulator: option,
        package: option,
        license: option,
        help: { type: 'boolean' },
      },
      allowPositionals: true,
    })
    const [name, ...others] = positionals
    if (values.help === true) {
      process.stdout.write(usage)
      return 0
    }
    if (name === undefined || others.length > 0) {
      process.stderr.write(`error: name one architecture\n\n${usage}`)
      return 2
    }
    return { name, values }
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n\n${usage}`)
    return 2
  }
}

interface Values {
  readonly directory?: string | undefined
  readonly guest?: string | undefined
  readonly emulator?: string | undefined
  readonly package?: string | undefined
  readonly license?: string | undefined
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return (manifest as { readonly version: string }).version
}

process.exitCode = await main()
