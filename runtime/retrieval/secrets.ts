/**
 * Files that hold keys, tokens or passwords. They are never indexed, quoted, read ahead or put in a prompt, and no
 * ignore file can bring them back. Better one harmless file too many than one key too few.
 */

const SECRET_FOLDERS = new Set([
  '.ssh',
  '.aws',
  '.gnupg',
  '.azure',
  '.kube',
  '.gcloud',
  '.password-store',
  '.docker',
]);

const SECRET_FILES = new Set(
  (
    '.netrc _netrc .npmrc .yarnrc .yarnrc.yml .pypirc .git-credentials .gitcredentials .htpasswd .pgpass .my.cnf .boto ' +
    '.s3cfg .dockercfg .vault-token .terraformrc credentials .credentials secrets master.key token.json'
  ).split(' '),
);

const SECRET_PATTERNS = [
  /^\.env/,
  /\.env$/,
  /^id_(rsa|dsa|ecdsa|ed25519)(_sk)?([._-].*)?$/,
  /\.(pem|key|p8|p12|pfx|pkcs12|jks|keystore|truststore|ppk|gpg|asc|kdbx?|ovpn|keytab|tfstate|tfvars|mobileprovision)$/,
  /\.tfstate\.backup$/,
  // Data files only: `credentials.ts` is code about credentials.
  /^\.?(credentials?|secrets?|service[-_]?account|client[-_]secrets?)([._-].*)?\.(json|ya?ml|toml|ini|cfg|conf|properties|txt|xml|enc)$/,
];

/** True when a folder or file of this name is kept from every reader. */
export function isSecretName(name: string, isDirectory: boolean): boolean {
  const lower = name.toLowerCase();
  if (isDirectory) return SECRET_FOLDERS.has(lower);
  return SECRET_FILES.has(lower) || SECRET_PATTERNS.some((pattern) => pattern.test(lower));
}

/** A private key in armour, at the start of a line and followed by its body; a mere mention of the words is not one. */
const PRIVATE_KEY =
  /^\s*-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----\s*\r?\n(?:[A-Za-z-]+: .*\r?\n|\s*\r?\n)*[A-Za-z0-9+/=]{32,}/m;

/** True when the text itself is or holds a private key. */
export function holdsSecret(text: string): boolean {
  return text.includes('PRIVATE KEY') && PRIVATE_KEY.test(text);
}
