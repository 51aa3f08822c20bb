"""Where a long Chinese heading may be broken: between words, which browsers do not know. Elsewhere it is as it was."""

from __future__ import annotations

import re

# Words of the names of licences. A name with others is broken between any two of its characters there.
_WORDS = re.findall(
    r"\w+",
    """
    医疗机构 医疗单位 医疗器械 体外诊断试剂 互联网 信息服务 网络交易服务 第三方平台 药品 药材 食品 化妆品 制剂 产品
    放射性 正电子类 麻醉 精神 蛋白同化制剂 肽类激素 原料药 第一类 第二类 第三类 全国性 区域性 批发企业 生产企业
    定点 其他省 行政区域内 同意 就近 跨省 取得 使用资格 使用 销售 购进 出口 进口 欧盟 生产 经营 委托生产 委托 被委托
    受托方 储存 配送 业务 检验 符合性 现场检查 结果 意见 广告审查 准予许可 临床研究 临床试验 补充申请 调剂使用 注册
    再注册 变更 批准 执业药师 报告 许可证 注册证 资格证书 准许证 证明书 证明 决定书 通知书 确认件 批件 文件
    备案凭证 备案表 备案批件 备案件
    """,
)
_LONGEST_FIRST = "|".join(sorted(_WORDS, key=len, reverse=True))
# What may not begin a line stays with the word before it.
_PART = re.compile(rf"(?:[!-~]+|{_LONGEST_FIRST}|.)[、，和的内 ]*", re.DOTALL)


def parts_of_heading(text: str) -> tuple[str, ...]:
    """The heading in pieces; a line may end after each of them."""
    return tuple(_PART.findall(text))
