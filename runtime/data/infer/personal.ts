/** Names of columns that hold something about one person; words of a name stand between capitals, spaces or dashes. */
const names = new RegExp(
  `(^|_)(${[
    'e_?mail(_?address)?|(tele|mobile_?)?phone(_?(number|no))?|mobile|fax',
    '(first|last|middle|family|given|maiden|full|sur)_?name|street(_?address)?|home_?address|ip(_?address)?',
    'birth_?(date|day|year)|date_?of_?birth|dob|year_?of_?birth',
    'ssn|social_?security(_?(number|no))?|passport(_?(number|no))?|national_?id|tax_?id|iban|credit_?card(_?(number|no))?',
  ].join('|')})$`,
);

/** Does a column hold personal data, as far as its name or the pattern of all its values tell? */
export function seemsPersonal(name: string, pattern: string | null): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return names.test(words) || pattern?.includes('@') === true;
}
