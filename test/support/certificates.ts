/** Authorities and certificates for servers and clients of tests, made by openssl where they are used. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Makes files in one folder: `<name>.pem` is the certificate, `<name>.key` its key. */
export interface CertificateMaker {
  /** An authority that signs itself. */
  createAuthority(name: string): Promise<void>;
  /** Signed by an authority of the same folder; `extension` as openssl has it, for instance `subjectAltName=IP:127.0.0.1`. */
  createCertificate(name: string, authority: string, extension: string): Promise<void>;
}

const newKey = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export function certificatesIn(folder: string): CertificateMaker {
  const openssl = (...args: readonly string[]) => promisify(execFile)("openssl", args, { cwd: folder });
  return {
    async createAuthority(name) {
      const files = ["-keyout", `${name}.key`, "-out", `${name}.pem`];
      await openssl(...newKey, "-x509", "-days", "2", "-subj", `/CN=${name}`, ...files);
    },
    async createCertificate(name, authority, extension) {
      await openssl(...newKey, "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
      await writeFile(join(folder, `${name}.ext`), extension);
      const serial = `0x${Buffer.from(name).toString("hex")}`;
      const signer = ["-CA", `${authority}.pem`, "-CAkey", `${authority}.key`, "-set_serial", serial];
      const files = ["-in", `${name}.csr`, "-out", `${name}.pem`, "-extfile", `${name}.ext`];
      await openssl("x509", "-req", "-days", "2", ...signer, ...files);
    },
  };
}
