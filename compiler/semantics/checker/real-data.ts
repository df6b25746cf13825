/** What a text is that only a real person or account could have; undefined for what is visibly made up. */
export function looksReal(text: string): string | undefined {
  const value = text.trim();
  if (isEmail(value)) return 'an e-mail address';
  if (isBankAccount(value)) return 'a bank account number';
  if (isCard(value)) return 'a card number';
  if (isPhone(value)) return 'a telephone number';
  if (isAddress(value)) return 'an IP address';
  return undefined;
}

/** Domains that belong to nobody (RFC 2606, RFC 6761). */
const reserved = /(^|\.)(example\.(com|net|org|edu)|example|test|invalid|localhost|local)$/i;

function isEmail(text: string): boolean {
  const domain = text.match(/^[^\s@]+@([^\s@]+\.[^\s@]+)$/)?.[1];
  return domain !== undefined && !reserved.test(domain);
}

/** An international number; those with a run of one digit, of 1234 or of 555 01 are made up. */
function isPhone(text: string): boolean {
  if (!/^(\+|00)[\d\s().\-/]{7,22}$/.test(text)) return false;
  const digits = text.replace(/\D/g, '');
  return digits.length >= 8 && digits.length <= 17 && !/(\d)\1{4}|12345|55501/.test(digits);
}

/** IBANs of the registry's own examples, which everybody copies. */
const examples = new Set(['DE89370400440532013000', 'GB29NWBK60161331926819', 'FR1420041010050500013M02606']);

function isBankAccount(text: string): boolean {
  const iban = text.replace(/\s/g, '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban) || examples.has(iban)) return false;
  const digits = (iban.slice(4) + iban.slice(0, 4)).replace(/[A-Z]/g, letter =>
    String(letter.charCodeAt(0) - 55),
  );
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
}

/** Test numbers that card companies give out: a run of one digit, or 4242, 4111 and the like over and over. */
function isCard(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  if (!/^[3-6]\d{12,18}$/.test(digits) || /(\d)\1{5}|(\d\d)\2{3}/.test(digits)) return false;
  if (['378282246310005', '371449635398431'].includes(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const doubled = Number(digit) * (i % 2 === 1 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

/** Addresses for documentation (RFC 5737) and private ones (RFC 1918) name nobody. */
const nobody = /^(0|10|127)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^(192\.0\.2|198\.51\.100|203\.0\.113)\./;

function isAddress(text: string): boolean {
  const parts = text.match(/^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/)?.slice(1);
  return parts?.every(part => Number(part) <= 255) === true && !nobody.test(text);
}
