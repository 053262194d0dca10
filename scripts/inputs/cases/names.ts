import type { Numbered, Refusal } from '../support/catalogue.ts'

/** A name that is refused everywhere a document or a command gives one. */
export interface BadName extends Numbered, Pick<Refusal, 'says'> {
  readonly name: string
  /** No XML can hold it: the gate refuses it before it is a name. */
  readonly notInXml?: true
}

const directory = 'names a directory'
const slash = `holds a '/'`
const control = 'holds a control character'
const blank = 'begins or ends with a blank'
const long = 'longer than 200 bytes'

export const badNames: readonly BadName[] = [
  { id: 'N-01', what: 'the folder itself', name: '.', says: directory },
  { id: 'N-02', what: 'the folder above', name: '..', says: directory },
  { id: 'N-03', what: 'a slash', name: 'a/b', says: slash },
  { id: 'N-04', what: 'a path that climbs', name: '../../x', says: slash },
  { id: 'N-05', what: 'an absolute path', name: '/abs', says: slash },
  { id: 'N-06', what: 'NUL', name: 'a\0b', says: control, notInXml: true },
  { id: 'N-07', what: 'a newline', name: 'a\nb', says: control },
  { id: 'N-08', what: 'a tab', name: 'a\tb', says: control },
  { id: 'N-09', what: 'a carriage return', name: 'a\rb', says: control },
  { id: 'N-10', what: 'DEL', name: 'a\u007fb', says: control },
  { id: 'N-11', what: 'a control character of C1', name: 'a\u0085b', says: control },
  { id: 'N-12', what: 'an escape sequence', name: 'a\u001b[2Jb', says: control, notInXml: true },
  { id: 'N-13', what: 'an empty name', name: '', says: 'empty' },
  { id: 'N-14', what: 'only blanks', name: '   ', says: blank },
  { id: 'N-15', what: 'a leading blank', name: ' a', says: blank },
  { id: 'N-15', what: 'a trailing blank', name: 'a ', says: blank },
  { id: 'N-17', what: '251 bytes', name: 'x'.repeat(251), says: long },
  { id: 'N-17', what: '300 bytes', name: 'x'.repeat(300), says: long },
  { id: 'N-17', what: '5,000 bytes', name: 'x'.repeat(5000), says: long },
  { id: 'N-17', what: '100 characters of 4 bytes', name: '\u{1f600}'.repeat(100), says: long },
  { id: 'N-24', what: 'a bidi override', name: 'a\u202eb', says: 'invisible' },
  { id: 'N-24', what: 'a zero-width space', name: 'a\u200bb', says: 'invisible' },
]

/** A name that is accepted, and comes back unchanged from everything that takes or shows it. */
export interface GoodName extends Numbered {
  readonly name: string
}

export const goodNames: readonly GoodName[] = [
  { id: 'N-16', what: 'a leading dash', name: '-x' },
  { id: 'N-16', what: 'a name like an option', name: '--all' },
  { id: 'N-17', what: '200 bytes', name: 'x'.repeat(200) },
  { id: 'N-18', what: 'a comma', name: 'a,b' },
  { id: 'N-19', what: 'an equals sign', name: 'a=b' },
  { id: 'N-20', what: 'a format', name: '%s%n' },
  { id: 'N-21', what: 'what a shell would execute', name: '$(id)`id`;id' },
  { id: 'N-22', what: 'what a shell would expand', name: '*?[a]' },
  { id: 'N-23', what: 'quotes, tags, a backslash and a colon', name: `"'<x>\\:&` },
  { id: 'N-25', what: "a folder of libvirt's", name: 'autostart' },
  { id: 'N-25', what: "another folder of libvirt's", name: 'networks' },
  { id: 'N-25', what: 'a key of every object', name: '__proto__' },
  { id: 'N-25', what: 'a number', name: '123' },
  { id: 'N-25', what: 'a UUID', name: '11111111-2222-4333-8444-666666666666' },
  { id: 'N-26', what: 'a name that differs only in case', name: 'AUTOSTART' },
]
