import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { testRoot } from '../support/hypervisor.ts'
import type { TestRoot } from '../support/hypervisor.ts'
import { guestXml } from '../support/real-arch.ts'

const flash = 64 * 1024

/** A guest with firmware in flash in which nothing is; it stays paused. */
function document({ dir }: TestRoot, nvram: string, loader = ''): string {
  const firmware = join(dir, 'firmware.fd')
  writeFileSync(firmware, Buffer.alloc(flash))
  const words = `<loader readonly='yes' type='pflash' ${loader}>${firmware}</loader>${nvram}`
  return guestXml({ name: 'a' }).replace('</os>', `${words}</os><features><acpi/></features>`)
}

/** Serves a file at a socket beside it. */
async function serve(file: string): Promise<string> {
  const socket = `${file}.sock`
  const server = spawn('qemu-nbd', ['-k', socket, '-f', 'raw', '-t', file], { stdio: 'ignore' })
  const gone = once(server, 'exit')
  onTestFinished(async () => {
    server.kill()
    await gone
  })
  while (server.exitCode === null && !existsSync(socket)) await sleep(10)
  return socket
}

describe('the variables of firmware in flash', () => {
  test('are in the file of a <source>, which begins as its template and goes with the domain', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const template = join(root.dir, 'template.fd')
    writeFileSync(template, Buffer.alloc(flash, 7))
    const file = join(root.dir, 'vars.fd')
    const nvram = `<nvram template='${template}' type='file'><source file='${file}'/></nvram>`
    await hypervisor.domainDefineXml(document(root, nvram))
    expect(await hypervisor.domainGetXmlDesc('a')).toContain(
      `<nvram template='${template}' type='file'>\n      <source file='${file}'/>\n    </nvram>`,
    )
    await hypervisor.domainCreate('a', { paused: true })
    expect(readFileSync(file)).toEqual(Buffer.alloc(flash, 7))
    await hypervisor.domainDestroy('a')
    await expect(hypervisor.domainUndefine('a')).rejects.toThrow(`with nvram '${file}'`)
    await hypervisor.domainUndefine('a', { nvram: 'remove' })
    expect(existsSync(file)).toBe(false)
  })

  test('are said not to be copied where no folder can be made for them', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const template = join(root.dir, 'template.fd')
    writeFileSync(template, Buffer.alloc(flash, 7))
    const nvram = `<nvram template='${template}'>/proc/no-such/vars.fd</nvram>`
    await hypervisor.domainDefineXml(document(root, nvram))
    await expect(hypervisor.domainCreate('a')).rejects.toThrow(
      `cannot be copied to '/proc/no-such/vars.fd': no such file or directory`,
    )
  })

  test('may be in a qcow2 image', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const file = join(root.dir, 'vars.qcow2')
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', file, String(flash)])
    await hypervisor.domainDefineXml(document(root, `<nvram format='qcow2'>${file}</nvram>`))
    await hypervisor.domainCreate('a', { paused: true })
    const asked = await hypervisor.domainQemuMonitorCommand('a', 'info block -n', { hmp: true })
    expect(asked).toContain(`libvirt-pflash1-format: ${file} (qcow2`)
  })

  test('may be behind a server, where nothing is removed with the domain', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const file = join(root.dir, 'vars.fd')
    writeFileSync(file, Buffer.alloc(flash))
    const socket = await serve(file)
    const nvram = `<nvram type='network'><source protocol='nbd'><host transport='unix' socket='${socket}'/></source></nvram>`
    await hypervisor.domainDefineXml(document(root, nvram))
    await hypervisor.domainCreate('a', { paused: true })
    await hypervisor.domainDestroy('a')
    await hypervisor.domainUndefine('a')
    expect(existsSync(file)).toBe(true)
  })

  test.each([
    [`<nvram type='file'>/v</nvram>`, 'os/nvram', "type='file' needs <source file='…'/>"],
    [`<nvram><source file='/v'/></nvram>`, 'os/nvram/@type', 'has to be said'],
    [`<nvram type='volume'><source pool='p'/></nvram>`, 'os/nvram/@type', "'volume' is not one of"],
  ])('%s is refused by its place', async (nvram, path, says) => {
    const root = testRoot()
    const hypervisor = await root.open()
    await expect(hypervisor.domainDefineXml(document(root, nvram))).rejects.toMatchObject({
      problems: [{ path, message: expect.stringContaining(says) as unknown }],
    })
  })

  test('behind a secret are refused at start', async () => {
    const root = testRoot()
    const hypervisor = await root.open()
    const auth = `<auth username='u'><secret type='iscsi' usage='s'/></auth>`
    const nvram = `<nvram type='network'><source protocol='iscsi' name='iqn.2000-01.com.example:x/1'><host name='h'/>${auth}</source></nvram>`
    await hypervisor.domainDefineXml(document(root, nvram))
    await expect(hypervisor.domainCreate('a')).rejects.toMatchObject({
      problems: [{ path: 'os/nvram/source' }],
    })
  })
})
