"""Feeds of our own, in the forms that are met: what is in them was never news."""

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<?xml-stylesheet href="style.xsl"?>
<!-- a feed -->
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:media="http://search.yahoo.com/mrss/">
 <channel>
  <title>Вестник двора</title>
  <link>https://dvor.example/</link>
  <language>ru-RU</language>
  <item>
   <title>Во дворе &amp;laquo;Садовый&amp;raquo; &lt;b&gt;открыт&lt;/b&gt; колодец</title>
   <link>/news/1?a=1&amp;b=2</link>
   <guid isPermaLink="false">dvor-1</guid>
   <pubDate>Wed, 05 Jan 2022 14:20:00 +0600</pubDate>
   <description><![CDATA[<p>Вода есть с 8:00.</p>
    <p>Берите вёдра.</p><script>x()</script>]]></description>
   <content:encoded><![CDATA[<p>Длинный рассказ.</p>]]></content:encoded>
   <media:content url="https://dvor.example/1.jpg"><media:title>Снимок</media:title></media:content>
   <category>вода</category>
  </item>
  <item>
   <title></title>
   <guid>dvor-2</guid>
   <content:encoded>&lt;p&gt;Качели починены. Приходите.&lt;/p&gt;</content:encoded>
  </item>
 </channel>
</rss>
"""

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
         xmlns:dc="http://purl.org/dc/elements/1.1/">
 <channel rdf:about="https://yard.example/"><title>Yard</title><dc:language>en</dc:language>
  <items><rdf:Seq><rdf:li rdf:resource="https://yard.example/1"/></rdf:Seq></items></channel>
 <item rdf:about="https://yard.example/1"><title>The swing is mended</title>
  <link>https://yard.example/1</link><dc:date>2022-01-05T08:20:00Z</dc:date></item>
</rdf:RDF>
"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="kk">
 <title>Аула хабары</title>
 <link href="https://aula.example/" rel="alternate"/>
 <entry>
  <id>tag:aula.example,2022:1</id>
  <title type="html">Аулада &lt;i&gt;су&lt;/i&gt; бар</title>
  <link href="posts/1"/>
  <author><name>Көрші</name></author>
  <published>2022-01-05T14:20:00+06:00</published>
  <updated>2022-01-05T15:00:00+06:00</updated>
  <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Сағат 8-ден.</p>
   <p>Шелек алыңыз.</p></div></content>
 </entry>
 <entry xml:lang="ru">
  <id>tag:aula.example,2022:2</id>
  <title>Вода есть</title>
  <link href="https://aula.example/posts/2"/>
  <updated>2022-01-05T14:30:00+06:00</updated>
 </entry>
</feed>
"""


def rss(*items, opening="<rss version='2.0'>"):
    """Write a feed of these items' inner XML."""
    inner = "".join(f"<item>{one}</item>" for one in items)
    return f"{opening}<channel><title>t</title>{inner}</channel></rss>".encode()


def dated(when, name="a"):
    return f"<title>{name}</title><guid>{name}</guid><pubDate>{when}</pubDate>"
