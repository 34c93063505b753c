import { readFile, readdir } from 'node:fs/promises';

const root = new URL('../../../Holdfast.Server/wwwroot/', import.meta.url);

/** The text of a file of the page. */
export function pageFile(path) {
  return readFile(new URL(path, root), 'utf8');
}

/** The paths of the page's files with this ending. */
export async function pageFiles(ending) {
  return (await readdir(root, { recursive: true })).filter((path) => path.endsWith(ending));
}
