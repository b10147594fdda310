/**
 * `error.stack` in the user's terms: places in cells, without our frames and without what lies below the cell. Stacks
 * that no cell takes part in are left to whoever formatted them before.
 */
import { findSourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { CellSources } from '../cell-sources.ts';
import { cleanMessage } from '../clean-message.ts';
import { FINGERPRINT } from './module-loader.ts';
import { placeIn } from './source-map.ts';

type StackFormatter = NonNullable<typeof Error.prepareStackTrace>;

/** Frames kept when an error is made: ours take a part of them. */
const FRAMES_MAX = 40;

/** Formats stacks of this thread until the returned function is called. `internalRoots`: folders whose frames are ours. */
export function installStackTraces(sources: CellSources, internalRoots: readonly string[]): () => void {
  const before: { readonly prepare: unknown; readonly limit: number } = {
    prepare: Reflect.get(Error, 'prepareStackTrace'),
    limit: Error.stackTraceLimit,
  };
  const format: StackFormatter = (error, sites) => {
    const lastCell = sites.findLastIndex((site) => sources.isCell(fileOf(site)));
    if (lastCell < 0) {
      const { prepare } = before;
      return typeof prepare === 'function'
        ? (Reflect.apply(prepare, Error, [error, sites]) as unknown)
        : defaultStack(error, sites);
    }
    const frames = sites.slice(0, lastCell + 1).filter((site) => !isHidden(fileOf(site), internalRoots));
    return [cleanMessage(headline(error)), ...frames.map((site) => `    at ${frameText(site, sources)}`)].join('\n');
  };
  Error.prepareStackTrace = format;
  Error.stackTraceLimit = Math.max(FRAMES_MAX, before.limit);
  return () => {
    if (Reflect.get(Error, 'prepareStackTrace') !== format) return;
    if (before.prepare === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Reflect.set(Error, 'prepareStackTrace', before.prepare);
    Error.stackTraceLimit = before.limit;
  };
}

function fileOf(site: NodeJS.CallSite): string {
  return site.getFileName() ?? '';
}

function isHidden(file: string, internalRoots: readonly string[]): boolean {
  if (file === '' || file === 'millrace-runner' || file.startsWith('node:internal') || file === 'node:vm') return true;
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  return internalRoots.some((root) => path.startsWith(root));
}

function frameText(site: NodeJS.CallSite, sources: CellSources): string {
  const [file, line, column] = [fileOf(site), site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1];
  const place = sources.place(file, line, column);
  if (place !== undefined) return moved(site, `${place.label}:${place.line}:${place.column}`);
  if (!file.includes(`?${FINGERPRINT}=`)) return siteText(site);
  const map = findSourceMap(file);
  const inFile = map === undefined ? { line, column } : placeIn(map, line, column);
  return moved(site, `${fileURLToPath(file)}:${inFile.line}:${inFile.column}`);
}

function moved(site: NodeJS.CallSite, place: string): string {
  return siteText(site).replace(`${fileOf(site)}:${site.getLineNumber() ?? 1}:${site.getColumnNumber() ?? 1}`, place);
}

function headline(error: Error): string {
  try {
    return String(error);
  } catch {
    return 'Error';
  }
}

function defaultStack(error: Error, sites: readonly NodeJS.CallSite[]): string {
  return [headline(error), ...sites.map((site) => `    at ${siteText(site)}`)].join('\n');
}

/** As V8 writes a frame; Node's types know no `toString` of its own. */
function siteText(site: object): string {
  return Reflect.apply(String, undefined, [site]);
}
