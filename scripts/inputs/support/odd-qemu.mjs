#!/usr/bin/env node
// A QEMU whose monitor does what the test writes into the file that is its first argument. It reads
// the file anew for each connection and each command, so one guest serves many tests.
//
// { "stderr": { "text" or "base64": …, "times": N }, "exit": CODE, "kill": SIGNAL, as soon as it is started,
//   "greet": TEXT | null, "hangUp": "before" | "after", "chunk": BYTES, "deaf": true,
//   "answers": { COMMAND or "*": { "raw": TEXT with @ID@ } | { "return": ANY } | { "flood": BYTES }
//     | { "silent": true } | { "close": true }, each with "delayMs" where it shall wait } }
import { readFileSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import process from 'node:process'

const [, , file, ...words] = process.argv
const script = () => JSON.parse(readFileSync(file, 'utf8'))
const path = words
  .map((word) => /^socket,id=charmonitor,path=([^,]+)/.exec(word)?.[1])
  .find(Boolean)
const uuid = words[words.indexOf('-uuid') + 1]
const { stderr, exit, kill } = script()
if (stderr !== undefined) {
  const piece =
    stderr.base64 === undefined ? Buffer.from(stderr.text) : Buffer.from(stderr.base64, 'base64')
  for (let i = 0; i < (stderr.times ?? 1); i++) writeSync(2, piece)
}
if (kill !== undefined) process.kill(process.pid, kill)
if (exit !== undefined) process.exit(exit)
process.on('SIGTERM', () => script().deaf === true || process.exit(0))

const greeting = `${JSON.stringify({
  QMP: { version: { qemu: { micro: 22, minor: 2, major: 7 }, package: 'odd' }, capabilities: [] },
})}\r\n`
const usual = {
  'query-uuid': { UUID: uuid },
  'query-status': { status: 'running', running: true, singlestep: false },
  'query-chardev': [],
}
const moves = { stop: 'paused', cont: 'running' }

createServer((socket) => {
  const { greet = greeting, hangUp } = script()
  socket.on('error', () => undefined)
  if (hangUp === 'before') return void socket.destroy()
  // As QEMU: one thing after the other, also where several commands came at once.
  let turn = Promise.resolve(greet === null ? undefined : say(socket, greet))
  if (hangUp === 'after') return void socket.end()
  let text = ''
  socket.on('data', (data) => {
    text += data.toString('latin1').replaceAll('\u00ff', () => {
      // As QEMU: an error for the reset of its parser.
      socket.write(`{"error":{"class":"GenericError","desc":"JSON parse error, stray"}}\r\n`)
      return ''
    })
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      const line = text.slice(0, end)
      text = text.slice(end + 1)
      if (line.trim() !== '')
        turn = turn.then(() => answer(socket, JSON.parse(line))).catch(() => socket.destroy())
    }
  })
  return undefined
}).listen(path)

async function answer(socket, { execute, id }) {
  const { answers = {} } = script()
  const odd =
    answers[execute] ??
    (execute in usual || execute === 'qmp_capabilities' ? undefined : answers['*'])
  const plain = (value) => `${JSON.stringify({ return: value, id })}\r\n`
  if (odd?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, odd.delayMs))
  if ((odd === undefined || 'return' in odd) && execute in moves) {
    const status = moves[execute]
    usual['query-status'] = { status, running: status === 'running', singlestep: false }
  }
  if (odd === undefined) return say(socket, plain(usual[execute] ?? {}))
  if (odd.close === true) return void socket.destroy()
  if (odd.silent === true) return undefined
  if (odd.flood !== undefined) return flood(socket, odd.flood)
  if (odd.base64 !== undefined) return void socket.write(Buffer.from(odd.base64, 'base64'))
  if (odd.raw !== undefined) return say(socket, odd.raw.replaceAll('@ID@', JSON.stringify(id)))
  return say(socket, plain(odd.return))
}

/** Sends a text whole, or in pieces of so many bytes as the script says. */
function say(socket, text) {
  const { chunk } = script()
  const bytes = Buffer.from(text)
  if (chunk === undefined) return void socket.write(bytes)
  socket.setNoDelay(true)
  let at = 0
  return new Promise((resolve) => {
    const next = () => {
      if (at >= bytes.length || socket.destroyed) return resolve()
      socket.write(bytes.subarray(at, (at += chunk)), () => setImmediate(next))
    }
    next()
  })
}

/** One line without an end. */
function flood(socket, bytes) {
  const piece = Buffer.alloc(1024 * 1024, 0x78)
  let left = bytes
  const next = () => {
    if (left <= 0 || socket.destroyed) return
    left -= piece.length
    if (socket.write(piece)) setImmediate(next)
    else socket.once('drain', next)
  }
  next()
}
