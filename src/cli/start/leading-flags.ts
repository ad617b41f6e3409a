/** The flags of every command, as they may stand before its name: `sentops --json config show`. */
export const VALUED = [
  ...['--config', '-C', '--target', '-t', '--profile', '--set', '--var', '--backend', '--format', '--timeout'],
  ...['--log-format', '--log-level'],
];
export const PLAIN = [
  ...['--json', '--quiet', '-q', '--verbose', '-v', '--no-color', '--no-input', '--yes', '-y', '--dry-run', '-n'],
];

/** Moves flags that stand before the command behind its words, where the framework looks for them. */
export function moveLeadingFlags(argv: readonly string[]): string[] {
  let count = 0;
  while (count < argv.length) {
    const arg = argv[count] ?? '';
    if (PLAIN.includes(arg) || VALUED.some(name => name.startsWith('--') && arg.startsWith(`${name}=`))) count += 1;
    else if (VALUED.includes(arg)) count += 2;
    else break;
  }
  const rest = argv.slice(count);
  if (count === 0 || rest[0] === undefined || rest[0].startsWith('-')) return [...argv];
  const end = rest.indexOf('--') === -1 ? rest.length : rest.indexOf('--');
  return [...rest.slice(0, end), ...argv.slice(0, count), ...rest.slice(end)];
}
