import { refuseArchive } from './limits.ts';

const CONTROL = /[\u0000-\u001f\u007f]/;
/** Names that Windows keeps for devices, whatever comes behind the dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const LONGEST = 255;
/** Of a whole path: with some room for the folder on usual file systems, and no work for millions of folders. */
const LONGEST_PATH = 2048;

/** The names of one archive: each may stand for one file on any file system, below the folder it is unpacked into. */
export class EntryPaths {
  private readonly archive: string;
  /** By the name as a file system without case sees it. */
  private readonly taken = new Map<string, { readonly name: string; readonly isFolder: boolean }>();

  constructor(archive: string) {
    this.archive = archive;
  }

  /** The path with forward slashes; throws where it leads elsewhere or is taken. Of a folder it may come twice. */
  add(name: string, isFolder: boolean): string {
    const parts = this.split(name);
    for (let depth = 1; depth < parts.length; depth++) this.take(parts.slice(0, depth).join('/'), true);
    const whole = parts.join('/');
    if (whole !== '') this.take(whole, isFolder);
    return whole;
  }

  private take(name: string, isFolder: boolean): void {
    const key = name.normalize('NFC').toLowerCase();
    const before = this.taken.get(key);
    this.taken.set(key, { name, isFolder });
    if (before === undefined || (isFolder && before.isFolder && before.name === name)) return;
    throw refuseArchive(
      this.archive,
      before.name === name
        ? `it holds ${show(name)} twice`
        : `${show(before.name)} and ${show(name)} are one name where case does not count`,
    );
  }

  private split(name: string): string[] {
    const refuse = (why: string) => refuseArchive(this.archive, `the name ${show(name)} ${why}`);
    if (CONTROL.test(name)) throw refuse('holds control characters');
    if (name.includes('\\')) throw refuse('holds a backslash, which is a separator on Windows');
    if (name.startsWith('/')) throw refuse('is absolute');
    if (/^[a-z]:/i.test(name)) throw refuse('begins with a drive letter');
    if (Buffer.byteLength(name) > LONGEST_PATH) throw refuse('is too long');
    const parts = name.split('/').filter(part => part !== '' && part !== '.');
    if (parts.includes('..')) throw refuse('leads out of its folder');
    if (parts.some(part => Buffer.byteLength(part) > LONGEST)) throw refuse('is too long');
    if (process.platform === 'win32' && parts.some(part => /[<>:"|?*]|[. ]$/.test(part) || DEVICE.test(part)))
      throw refuse('is none that Windows takes');
    return parts;
  }
}

function show(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}
