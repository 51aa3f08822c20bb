"""Words for holders and premises that do not exist. Every holder's name says that it is a demonstration."""

from __future__ import annotations

from dataclasses import dataclass

_BRANDS = (
    "安康", "惠民", "百草", "春晖", "长乐", "康泰", "和顺", "明德", "瑞林", "松鹤", "济世", "仁爱",
    "福寿", "晨光", "青杏", "万安", "橘井", "丰禾", "益元", "北辰", "雪松", "银杏", "天和", "德润",
)  # fmt: skip
_BRANDS_IN_ENGLISH = (
    "Ankang", "Huimin", "Baicao", "Chunhui", "Changle", "Kangtai", "Heshun", "Mingde", "Ruilin", "Songhe", "Jishi",
    "Ren'ai", "Fushou", "Chenguang", "Qingxing", "Wan'an", "Jujing", "Fenghe", "Yiyuan", "Beichen", "Xuesong",
    "Yinxing", "Tianhe", "Derun",
)  # fmt: skip
_FAMILY_NAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"


@dataclass(frozen=True, slots=True)
class City:
    """A city with what the numbers of its licences hold: province, its own character, telephone area."""

    name: str
    province: str
    character: str
    area: str
    region: str
    districts: tuple[str, ...]
    roads: tuple[str, ...]
    location: tuple[float, float]
    name_en: str


SHENYANG = City(
    "沈阳", "辽", "沈", "0241", "210100", ("和平", "沈河", "铁西"), ("中山路", "青年大街"), (41.80, 123.43), "Shenyang"
)
DALIAN = City(
    "大连", "辽", "大", "4111", "210200", ("中山", "西岗", "沙河口"), ("人民路", "长江路"), (38.91, 121.61), "Dalian"
)
CHANGCHUN = City(
    "长春", "吉", "长", "4311", "220100", ("南关", "朝阳", "绿园"), ("人民大街", "重庆路"), (43.88, 125.32), "Changchun"
)
JILIN_CITY = City(
    "吉林", "吉", "吉", "4321", "220200", ("船营", "昌邑", "丰满"), ("解放路", "松江路"), (43.84, 126.55), "Jilin"
)
HARBIN = City(
    "哈尔滨", "黑", "哈", "4511", "230100", ("道里", "南岗", "香坊"), ("中央大街", "红军街"), (45.80, 126.53), "Harbin"
)
DAQING = City(
    "大庆",
    "黑",
    "庆",
    "4591",
    "230600",
    ("萨尔图", "让胡路", "红岗"),
    ("东风路", "世纪大道"),
    (46.59, 125.10),
    "Daqing",
)


def holder_name(city: City, serial: int, kind: str) -> str:
    return f"{city.name}{_BRANDS[serial % len(_BRANDS)]}{kind}（演示）"


def exporter_name(city: City, serial: int) -> str:
    """The holder's name as it stands on papers that go abroad."""
    return f"{city.name_en} {_BRANDS_IN_ENGLISH[serial % len(_BRANDS)]} Co., Ltd. (demonstration)"


def address(city: City, serial: int) -> str:
    district = city.districts[serial % len(city.districts)]
    return f"{city.name}市{district}区{city.roads[serial // 3 % len(city.roads)]}{serial * 7 % 290 + 1}号"


def person(serial: int) -> str:
    """A name that nobody bears."""
    return f"{_FAMILY_NAMES[serial % len(_FAMILY_NAMES)]}演示"


def masked_person(serial: int) -> str:
    return f"{_FAMILY_NAMES[serial % len(_FAMILY_NAMES)]}**"


def masked_code(city: City, serial: int) -> str:
    """The number of a certificate of qualification, of which the public sees the ends."""
    return f"{city.region[:4]}********{serial % 10000:04d}"
