/** A checkpoint's files from the outside: found by kind, damaged, compared, saved and restored. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { CheckpointDamage, Damage, FileKind } from '../fault.ts';

const FOLDERS: Readonly<Record<FileKind, RegExp>> = {
  metadata: /^metadata$/,
  offsets: /^offsets\/\d+$/,
  commits: /^commits\/\d+$/,
  checksum: /^(offsets|commits)\/\.\d+\.crc$/,
  state: /^state\/\d+\/\d+\.(delta|snapshot)$/,
  program: /^state\/program$/,
  source: /^sources\/\d+\/(\d+(\.compact)?|initial)$/,
};

/** Comes and goes with the process that uses the checkpoint. */
const LOCK = 'millrace.lock';

/** Relative to the checkpoint, in the order of their numbers: the newest is the last. */
export function filesOf(checkpoint: string, kind?: FileKind): readonly string[] {
  const entries = fs.readdirSync(checkpoint, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== LOCK)
    .map((entry) => path.relative(checkpoint, path.join(entry.parentPath, entry.name)));
  const wanted = kind === undefined ? files : files.filter((file) => FOLDERS[kind].test(file));
  return wanted.sort((a, b) => numberOf(a) - numberOf(b) || a.localeCompare(b));
}

/** The batch or version in a file's name; -1 where it has none. */
function numberOf(file: string): number {
  return Number(/^\.?(\d+)/.exec(path.basename(file))?.[1] ?? '-1');
}

/** All files with a digest of each. */
export function digestsOf(checkpoint: string): Readonly<Record<string, string>> {
  const digest = (file: string): string =>
    createHash('sha1')
      .update(fs.readFileSync(path.join(checkpoint, file)))
      .digest('hex');
  return Object.fromEntries(filesOf(checkpoint).map((file) => [file, digest(file)]));
}

/** The files that were changed, relative to the checkpoint; none where there is no file of the kind. */
export function damage(
  checkpoint: string,
  { damage: how, file: kind, age, place }: CheckpointDamage,
): readonly string[] {
  const files = filesOf(checkpoint, kind);
  const at = Math.max(0, files.length - 1 - age);
  const file = files[at];
  return file === undefined
    ? []
    : damageFile(checkpoint, file, how, { place, neighbour: files[at - 1] ?? files[at + 1] });
}

interface DamageOptions {
  /** In [0, 1): where the file is cut or the bit flipped. */
  readonly place: number;
  /** Whose content it changes places with. */
  readonly neighbour: string | undefined;
}

/** Duplicates and swaps take the checksum beside a file with it, as a copy by hand would: each file is whole by itself. */
export function damageFile(
  checkpoint: string,
  file: string,
  how: Damage,
  { place, neighbour }: DamageOptions,
): readonly string[] {
  const full = path.join(checkpoint, file);
  const bytes = fs.readFileSync(full);
  switch (how) {
    case 'truncate':
      fs.writeFileSync(full, bytes.subarray(0, Math.floor(bytes.length * place)));
      return [file];
    case 'flip': {
      const bit = Math.floor(bytes.length * 8 * place);
      fs.writeFileSync(
        full,
        bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)),
      );
      return [file];
    }
    case 'remove':
      fs.rmSync(full);
      return [file];
    case 'duplicate': {
      const copy = nextOf(file);
      for (const [from, to] of [
        [file, copy],
        [checksumOf(file), checksumOf(copy)],
      ] as const) {
        if (fs.existsSync(path.join(checkpoint, from)))
          fs.copyFileSync(path.join(checkpoint, from), path.join(checkpoint, to));
      }
      return [copy, file];
    }
    case 'swap': {
      if (neighbour === undefined) return [];
      swap(path.join(checkpoint, file), path.join(checkpoint, neighbour));
      swap(path.join(checkpoint, checksumOf(file)), path.join(checkpoint, checksumOf(neighbour)));
      return [file, neighbour];
    }
  }
}

/** `offsets/7` → `offsets/8`, `state/0/7.delta` → `state/0/8.delta`, `metadata` → `metadata.copy` */
function nextOf(file: string): string {
  const number = numberOf(file);
  const name = path.basename(file);
  return path.join(path.dirname(file), number < 0 ? `${name}.copy` : name.replace(String(number), String(number + 1)));
}

function checksumOf(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.crc`);
}

function swap(a: string, b: string): void {
  if (!fs.existsSync(a) || !fs.existsSync(b)) return;
  const aside = `${a}.aside`;
  fs.renameSync(a, aside);
  fs.renameSync(b, a);
  fs.renameSync(aside, b);
}

/**
 * Whether an error's text names one of the files, or the file that a checksum belongs to. Where the two logs disagree either may
 * be meant.
 */
export function names(text: string, files: readonly string[]): boolean {
  return files.some((file) => {
    const name = path.basename(file).replace(/^\.(.*)\.crc$/, '$1');
    const folder = path.dirname(file);
    if (folder === 'offsets' || folder === 'commits') return /(offsets|commits)\/\d/.test(text);
    const place = folder === '.' ? name : `${folder}/${name}`;
    return new RegExp(`${place.replaceAll('.', '\\.')}(?!\\w)`).test(text);
  });
}

/** Whether it names any file of a checkpoint: whole files in each other's place need not be told apart. */
export function namesAny(text: string): boolean {
  return /(metadata|(offsets|commits|sources|state)\/\w+)/.test(text);
}

/** Puts a folder's content in place of another's. */
export function copyFolder(from: string, to: string): void {
  fs.rmSync(to, { recursive: true, force: true });
  fs.cpSync(from, to, { recursive: true, preserveTimestamps: true });
}
