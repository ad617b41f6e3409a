/** What the build knows about the commands, so that the front need not ask the framework: dist/start.json. */
export interface StartTable {
  /** Every built-in command. */
  readonly commands: Readonly<Record<string, StartCommand>>;
  /** Ids of core plugins and all topics: known words that only the full path can run. */
  readonly others: readonly string[];
  readonly pages: Readonly<Record<PageStyle, PageIndex>>;
}

export interface StartCommand {
  /** Takes positional arguments: more words may follow its own. */
  readonly args: boolean;
  /** Reads the list of all commands or plugins: needs the full path. */
  readonly catalog: boolean;
}

export type PageStyle = 'plain' | 'color';

/** Where the help of a command or topic stands in help.<style>.txt: offset and length in bytes; '' is the root. */
export type PageIndex = Readonly<Record<string, readonly [number, number]>>;
