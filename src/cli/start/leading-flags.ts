/** The flags of every command, as they may stand before its name: `sentops --json config show`. */
export const VALUED = [
  ...['--config', '-C', '--target', '-t', '--profile', '--set', '--var', '--backend', '--format', '--timeout'],
  ...['--log-format', '--log-level'],
];
export const PLAIN = [
  ...['--json', '--quiet', '-q', '--verbose', '-v', '--no-color', '--no-input', '--yes', '-y', '--dry-run', '-n'],
];

/** How many leading arguments are flags, values included; the last of them may still wait for its value. */
export function countLeadingFlags(argv: readonly string[]): number {
  let count = 0;
  while (count < argv.length) {
    const arg = argv[count] ?? '';
    if (PLAIN.includes(arg) || isWhole(arg)) count += 1;
    else if (VALUED.includes(arg)) count += 2;
    else break;
  }
  return count;
}

/** `--target=prod`, `-tprod`, `-qy` */
function isWhole(arg: string): boolean {
  return (
    VALUED.some(name => name.startsWith('--') && arg.startsWith(`${name}=`)) || /^-(?:[Ct].+|[qvyn]{2,})$/s.test(arg)
  );
}

/** Moves flags that stand before the command behind its words, where the framework looks for them. */
export function moveLeadingFlags(argv: readonly string[]): string[] {
  const count = countLeadingFlags(argv);
  const rest = argv.slice(count);
  if (count === 0 || rest[0] === undefined || rest[0].startsWith('-')) return [...argv];
  const end = rest.indexOf('--') === -1 ? rest.length : rest.indexOf('--');
  return [...rest.slice(0, end), ...argv.slice(0, count), ...rest.slice(end)];
}
