import { expect, it } from 'vitest'
import { StatusLine, type StatusOutput } from './status-line.ts'

function recorder(isTTY: boolean, columns = 20): StatusOutput & { text: string } {
  return {
    isTTY,
    columns,
    text: '',
    write(text) {
      this.text += text
    },
  }
}

it('stays below what is printed', () => {
  const output = recorder(true)
  const line = new StatusLine(output)
  line.set('booting')
  line.print('Linux version 6.1')
  expect(output.text).toBe('\r\u001b[2Kbooting\r\u001b[2KLinux version 6.1\nbooting')
})

it('is gone without a trace', () => {
  const output = recorder(true)
  const line = new StatusLine(output)
  line.set('booting')
  line.set('')
  line.print('done')
  expect(output.text).toBe('\r\u001b[2Kbooting\r\u001b[2Kdone\n')
})

it('does not write the same thing again', () => {
  const output = recorder(true)
  const line = new StatusLine(output)
  line.set('a')
  line.set('a')
  expect(output.text).toBe('\r\u001b[2Ka')
})

it('never wraps', () => {
  const output = recorder(true, 10)
  new StatusLine(output).set('0123456789')
  expect(output.text).toBe('\r\u001b[2K01234567…')
})

it('does not exist where there is no terminal', () => {
  const output = recorder(false)
  const line = new StatusLine(output)
  line.set('booting')
  line.print('done')
  expect(output.text).toBe('done\n')
})
