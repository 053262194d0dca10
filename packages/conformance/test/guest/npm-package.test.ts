import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fetchNpmPackage } from '../../src/guest/npm-package.ts'

const limitMs = 60_000

describe('an npm package', () => {
  let folder = ''
  let registry: Server | undefined
  let asked: string[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'polyvirt-npm-'))
    asked = []
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    registry?.close()
    registry?.closeAllConnections()
    if (registry !== undefined) await once(registry, 'close').catch(() => undefined)
    registry = undefined
    rmSync(folder, { recursive: true })
  })

  /** A registry with one package of one file, which npm is set up with; its digest. */
  const serve = async (contents: string): Promise<string> => {
    const source = join(folder, 'source')
    mkdirSync(join(source, 'package'), { recursive: true })
    writeFileSync(join(source, 'package/package.json'), '{"name":"toy","version":"1.0.0"}')
    writeFileSync(join(source, 'package/toy.txt'), contents)
    execFileSync('tar', ['-czf', 'toy.tgz', 'package'], { cwd: source })
    const tarball = readFileSync(join(source, 'toy.tgz'))
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
    let home = ''
    registry = createServer((request, response) => {
      asked.push(request.url ?? '')
      const one = { name: 'toy', version: '1.0.0', dist: { integrity, tarball: `${home}toy.tgz` } }
      const all = { name: 'toy', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': one } }
      response.end(request.url?.endsWith('.tgz') ? tarball : JSON.stringify(all))
    }).listen(0, '127.0.0.1')
    await once(registry, 'listening')
    home = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`
    vi.stubEnv('npm_config_registry', home)
    vi.stubEnv('npm_config_cache', join(folder, 'cache'))
    vi.stubEnv('npm_config_fetch_retries', '0')
    return integrity
  }

  it('comes from the registry that npm is set up with, once', { timeout: limitMs }, async () => {
    const wanted = { name: 'toy', version: '1.0.0', integrity: await serve('one') }
    const file = await fetchNpmPackage(wanted, join(folder, 'here'))
    const text = execFileSync('tar', ['-xzOf', file, 'package/toy.txt'], { encoding: 'utf8' })
    expect(text).toBe('one')
    const count = asked.length
    expect(await fetchNpmPackage(wanted, join(folder, 'here'))).toBe(file)
    expect(asked).toHaveLength(count)
  })

  it('is fetched again where the copy is damaged', { timeout: limitMs }, async () => {
    const wanted = { name: 'toy', version: '1.0.0', integrity: await serve('one') }
    mkdirSync(join(folder, 'here'))
    writeFileSync(join(folder, 'here/toy-1.0.0.tgz'), 'cut off')
    const file = await fetchNpmPackage(wanted, join(folder, 'here'))
    expect(readFileSync(file).length).toBeGreaterThan(50)
  })

  it('is refused where it is not what it should be', { timeout: limitMs }, async () => {
    await serve('two')
    const wanted = { name: 'toy', version: '1.0.0', integrity: 'sha512-of-another' }
    await expect(fetchNpmPackage(wanted, join(folder, 'here'))).rejects.toThrow(
      /is not what it should be: its digest is sha512-.*, wanted is sha512-of-another/,
    )
  })

  it('is missed by name where the registry does not have it', { timeout: limitMs }, async () => {
    await serve('one')
    const wanted = { name: 'toy', version: '2.0.0', integrity: 'sha512-of-another' }
    await expect(fetchNpmPackage(wanted, join(folder, 'here'))).rejects.toThrow(
      /npm could not fetch toy@2\.0\.0: .*/,
    )
  })
})
