// What a verdict rests on. Its register is one of { kind: "unavailable" }, { kind: "absent", successor, asOf },
// { kind: "held", registeredAt, face, notice, successor, asOf }.
import { signerOf } from "./trust.mjs";

// The evidence on a credential before its status is asked for, which needs the issuer to be known.
export async function evidenceOn(credential, register, trustList, catalogue, at) {
  return {
    credential,
    at,
    trustList,
    signer: await signerOf(credential, trustList),
    licenceType: catalogue.byCode.get(credential.typeCode) ?? null,
    provinces: catalogue.provinces,
    register,
    status: null,
  };
}
