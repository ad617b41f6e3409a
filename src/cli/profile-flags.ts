import { Flags } from './framework.ts';

/** What `dataset profile` and `dataset validate` have in common. */
export const profileFlags = {
  against: Flags.string({
    summary: 'Another file, such as that of the training rows: texts that both have are counted.',
    helpValue: 'FILE',
  }),
  'text-column': Flags.string({ summary: 'Column of the text; found by its name where absent.', helpValue: 'NAME' }),
  'label-column': Flags.string({ summary: 'Column of the label; found by its name where absent.', helpValue: 'NAME' }),
  output: Flags.string({
    char: 'o',
    summary: 'Write a report as well: .html (one page with plots), .md or .json.',
    helpValue: 'FILE',
  }),
};
