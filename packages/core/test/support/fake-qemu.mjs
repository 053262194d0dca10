#!/usr/bin/env node
// A QEMU that misbehaves as its environment says. It knows `-qmp unix:PATH,…`, a monitor on a socket
// that is open already (`-chardev socket,id=…,fd=N`) and FAKE_QEMU, a
// comma-separated list of: mute, greet-only, hang-up, no-listen, exit=N, abort, words=TEXT, deaf,
// frozen (the vCPU does not move), status=STATE, die-on-cont.
import { createServer, Socket } from 'node:net'
import process from 'node:process'

const modes = new Map(
  (process.env.FAKE_QEMU ?? '').split(',').map((mode) => {
    const [name, value] = mode.split('=')
    return [name, value ?? '']
  }),
)
const at = process.argv.indexOf('-qmp')
const path = at === -1 ? undefined : process.argv[at + 1].replace(/^unix:/, '').split(',server')[0]

if (modes.has('deaf')) process.on('SIGTERM', () => undefined)
if (modes.has('words')) process.stderr.write(modes.get('words').replaceAll('|', '\n'))
if (modes.has('exit')) process.exit(Number(modes.get('exit')))
if (modes.has('abort')) process.abort()
setInterval(() => undefined, 1000)

const greeting = {
  QMP: { version: { qemu: { micro: 22, minor: 2, major: 7 }, package: 'fake' }, capabilities: [] },
}
const status = modes.get('status') ?? 'running'
let clock = 0
const answers = {
  qmp_capabilities: () => ({}),
  cont: () => (modes.has('die-on-cont') ? process.exit(7) : {}),
  'query-status': () => ({ status, running: status === 'running' }),
  'query-cpu-definitions': () => [{ name: 'max', typename: 'max-cpu', static: false }],
  'human-monitor-command': () => `PC=${modes.has('frozen') ? 0 : clock++}`,
}

const fd = process.argv.map((word) => /^socket,.*\bfd=(\d+)/.exec(word)?.[1]).find(Boolean)

if (!modes.has('no-listen')) {
  if (path !== undefined) createServer(serve).listen(path)
  if (fd !== undefined) serve(new Socket({ fd: Number(fd) }))
}

function serve(socket) {
  const say = (message) => socket.write(`${JSON.stringify(message)}\r\n`)
  socket.on('error', () => undefined)
  if (modes.has('hang-up')) return socket.end()
  if (modes.has('mute')) return undefined
  say(greeting)
  if (modes.has('greet-only')) return undefined
  let text = ''
  return socket.on('data', (data) => {
    text += data
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      const { execute, id } = JSON.parse(text.slice(0, end))
      text = text.slice(end + 1)
      if (execute === 'quit') process.exit(0)
      if (execute in answers) say({ return: answers[execute](), id })
      else say({ error: { class: 'CommandNotFound', desc: `no ${execute}` }, id })
    }
  })
}
