/** What the demo's shop is made of. */

export const PEOPLE = [
  "Ada Okafor",
  "Björn Lindqvist",
  "Chloé Dubois",
  "Diego Ramírez",
  "Elif Yılmaz",
  "Farid Haddad",
  "Grace O'Neill",
  "Hiroshi Tanaka",
  "Ingrid Sørensen",
  "João Pereira",
  "Katarzyna Wójcik",
  "李 娜",
  "Mehmet Çelik",
  "Nadia Petrova",
  "Olu Adeyemi",
  "Priya Raman",
  "Quentin Moreau",
  "Rosa Bianchi",
  "Søren Kjær",
  "Tomáš Novák",
  "Uma Krishnan",
  "Valentina Rossi",
  "Wanjiru Kamau",
  "Zoë Müller",
] as const;

export const PLACES = [
  { city: "Zürich", country: "CH", street: "Bahnhofstrasse", zip: "8001" },
  { city: "São Paulo", country: "BR", street: "Rua Augusta", zip: "01305-000" },
  { city: "Kraków", country: "PL", street: "ulica Floriańska", zip: "31-019" },
  { city: "京都市", country: "JP", street: "四条通", zip: "600-8001" },
  { city: "Nairobi", country: "KE", street: "Moi Avenue", zip: "00100" },
  { city: "Reykjavík", country: "IS", street: "Laugavegur", zip: "101" },
  { city: "New Orleans", country: "US", street: "Canal Street", zip: "70130" },
  { city: "İzmir", country: "TR", street: "Kıbrıs Şehitleri Caddesi", zip: "35220" },
] as const;

/** Prices in cents. */
export const PRODUCTS = [
  { sku: "TEA-0121", title: "Green tea, 250 g", cents: 1290 },
  { sku: "MUG-0007", title: "Mug ☕ “Monday”", cents: 1450 },
  { sku: "LMP-3310", title: "Desk lamp", cents: 4999 },
  { sku: "BIK-0042", title: "Bicycle bell 🔔", cents: 895 },
  { sku: "NTB-1000", title: "Notebook, dotted", cents: 620 },
  { sku: "CHR-2201", title: "Folding chair", cents: 3700 },
  { sku: "PLT-0815", title: "Monstera 🪴", cents: 2850 },
  { sku: "KNF-0666", title: "Bread knife", cents: 3125 },
  { sku: "SCK-4242", title: "Wool socks 🧦", cents: 1100 },
] as const;

export const STATUSES = ["paid", "packed", "shipped", "delivered", "refunded"] as const;
export const TAGS = ["first-order", "gift", "newsletter", "priority", "repeat", "wholesale", "🎄"] as const;
export const NOTES = [
  "",
  "",
  "",
  "Leave it with the neighbour 🙂",
  "Ring twice",
  "Für Oma 💐",
  "请放门口",
] as const;
