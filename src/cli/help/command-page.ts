import type { Command } from '@oclif/core';
import { CommandHelp } from '@oclif/core/help';

const GLOBAL = 'GLOBAL';
/** A usage line with more flags than this hides the arguments among them. */
const FLAGS_IN_USAGE = 6;

/** The page of one command. Its own flags come first and in full; the ones that every command takes come last, in short. */
export class CommandPage extends CommandHelp {
  protected override sections() {
    const globals = {
      header: 'GLOBAL FLAGS',
      generate: ({ flags }: { flags: Command.Flag.Any[] }) => this.listBriefly(flags.filter(isGlobal)),
    };
    const wanted = this.opts.sections?.map(name => name.toLowerCase());
    return [...super.sections(), ...(wanted && !wanted.includes('flags') ? [] : [globals])];
  }

  protected override groupFlags(flags: Command.Flag.Any[]) {
    return super.groupFlags(flags.filter(flag => !isGlobal(flag)));
  }

  protected override usage(): string {
    const whole = this.command;
    const flags = Object.entries(whole.flags).filter(([, flag]) => !isGlobal(flag));
    const shown = flags.length > FLAGS_IN_USAGE ? flags.filter(([, flag]) => flag.required) : flags;
    this.command = { ...whole, flags: Object.fromEntries(shown) };
    try {
      return super.usage();
    } finally {
      this.command = whole;
    }
  }

  protected override defaultUsage(): string {
    const all = this.config.findCommand(this.command.id.replaceAll(' ', ':'))?.flags ?? this.command.flags;
    const flags = Object.values(all).filter(flag => !flag.hidden);
    const own = flags.filter(flag => !isGlobal(flag));
    const parts = [super.defaultUsage()];
    if (own.length > FLAGS_IN_USAGE) parts.push('[FLAGS]');
    if (own.length < flags.length) parts.push('[GLOBAL FLAGS]');
    return parts.join(' ');
  }

  /** Name and meaning in one flowing paragraph. */
  private listBriefly(flags: readonly Command.Flag.Any[]): string | undefined {
    const entries = flags.map(flag => `${nameOf(flag)}: ${meaningOf(flag)}`);
    return entries.length > 0 ? this.wrap(`${entries.join('; ')}.`) : undefined;
  }

  /** The summary stands at the head of the page already. */
  protected override description(): string | undefined {
    const { description } = this.command;
    return description && this.wrap(description);
  }
}

function isGlobal(flag: Command.Flag.Any): boolean {
  return flag.helpGroup === GLOBAL;
}

function nameOf(flag: Command.Flag.Any): string {
  const value = flag.type === 'option' && (flag.helpValue ?? flag.options?.join('|') ?? 'VALUE');
  return [flag.char && `-${flag.char}`, `--${flag.name}`, value].filter(Boolean).join(' ');
}

/** The first clause of the summary. */
function meaningOf(flag: Command.Flag.Any): string {
  const [clause = ''] = (flag.summary ?? flag.description ?? '').split(/[;:(,.]/);
  return clause.trim().replace(/^./, first => first.toLowerCase());
}
