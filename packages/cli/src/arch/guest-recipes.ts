import type { GuestRecipe } from '@polyvirt/conformance'

type Recipes = Readonly<Record<string, GuestRecipe>>

interface Kind {
  readonly what: string
  is(value: unknown): boolean
}

const word: Kind = { what: 'a text', is: (value) => typeof value === 'string' && value !== '' }
const words: Kind = {
  what: 'a list of texts',
  is: (value) => Array.isArray(value) && value.every(word.is),
}
const flag: Kind = { what: 'true or false', is: (value) => typeof value === 'boolean' }
const object = (...keys: readonly string[]): Kind => ({
  what: `an object with ${keys.join(', ')}`,
  is: (value) => isRecord(value) && keys.every((key) => word.is(value[key])),
})
const tool = object('package', 'program')

const kinds: Readonly<Record<keyof GuestRecipe, Kind>> = {
  debianArch: word,
  suite: word,
  kernelPackage: word,
  modules: words,
  console: word,
  cpu: word,
  parameters: words,
  acpi: flag,
  firmware: object('package', 'code', 'variables'),
  node: object('name', 'version', 'integrity'),
  tools: {
    what: 'a list of objects with package and program',
    is: (value) =>
      Array.isArray(value) &&
      value.every((one) => tool.is(one) && (one.files === undefined || words.is(one.files))),
  },
}

const needed: readonly string[] = ['debianArch', 'kernelPackage']

/**
 * How the suite makes guests that only this package knows: `polyvirt.recipes` of its package.json, by guest.
 *
 * @throws Error that says which word is wrong.
 */
export function readRecipes(recipes: unknown, guests: readonly string[]): Recipes {
  const fail = (path: string, wrong: string): never => {
    throw new Error(`"polyvirt.recipes${path}" in its package.json ${wrong}`)
  }
  if (!isRecord(recipes)) return fail('', 'is not an object')
  for (const [guest, recipe] of Object.entries(recipes)) {
    if (!guests.includes(guest)) fail(`.${guest}`, `is of no guest that it serves`)
    if (!isRecord(recipe)) return fail(`.${guest}`, 'is not an object')
    for (const key of new Set([...needed, ...Object.keys(recipe)])) {
      const kind = Object.hasOwn(kinds, key) ? kinds[key as keyof GuestRecipe] : undefined
      if (kind === undefined)
        fail(
          `.${guest}.${key}`,
          `is no word of a recipe; there are ${Object.keys(kinds).join(', ')}`,
        )
      else if (!kind.is(recipe[key])) fail(`.${guest}.${key}`, `is not ${kind.what}`)
    }
  }
  return recipes as Recipes
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
