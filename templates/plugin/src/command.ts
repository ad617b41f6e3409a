import { Args, Command } from '@oclif/core';

export interface Result {
  greeting: string;
}

export default class {{className}} extends Command {
  static override summary = 'Say hello.';
  static override enableJsonFlag = true;
  // Without ignoreStdin the framework would wait for standard input where the argument is absent.
  static override args = {
    name: Args.string({ description: 'Who is greeted.', default: 'world', ignoreStdin: true }),
  };

  async run(): Promise<Result> {
    const { args } = await this.parse({{className}});
    const greeting = `Hello, ${args.name}!`;
    this.log(greeting);
    return { greeting };
  }
}
