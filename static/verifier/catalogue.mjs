// What of the licence types a verdict rests on, from catalogue.json.
export function readCatalogue(raw) {
  const fieldsOf = (type) => (type.fields === "generic_fields" ? raw.generic_fields : type.fields);
  const types = raw.types.map((type) => ({
    code: type.code,
    slug: type.slug,
    isSensitive: Boolean(type.sensitive),
    numberField: firstInOrder(fieldsOf(type).filter((field) => field.type === "licence_no")),
    holderField: holderFieldOf(type, fieldsOf(type)),
  }));
  return {
    byCode: new Map(types.map((type) => [type.code, type])),
    provinces: new Set(Object.values(raw.province_abbreviations).flatMap((each) => each.split("|"))),
  };
}

// Where the holder is a person, the first field of one.
function holderFieldOf(type, fields) {
  const people = fields.filter((field) => field.type === "person" && type.category === "personal_registration");
  return firstInOrder(people) ?? "holder_name";
}

const firstInOrder = (fields) => fields.sort((a, b) => a.order - b.order)[0]?.key;
