/**
 * Imports a module that is found at run time, by its URL. In the built command this is the one thing that
 * `dist/main.js` does for the scripts behind it, for only a module may import one.
 */
export const importModule = (url: string): Promise<Readonly<Record<string, unknown>>> => import(url)
