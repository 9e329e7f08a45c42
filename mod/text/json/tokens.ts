/** The scanner's token kinds; its own enum is a `const enum`, which cannot be imported file by file. */
export const Token = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  colon: 6,
  null: 7,
  true: 8,
  false: 9,
  string: 10,
  number: 11,
  lineBreak: 14,
  blanks: 15,
  end: 17,
} as const;
