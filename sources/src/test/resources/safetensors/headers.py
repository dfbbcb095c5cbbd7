"""Prints headers.json: what the reference library does with headers, for SafetensorsHeaderTest.

Needs safetensors 0.8 (pip install safetensors). A header is given as text, a character per byte.
"""
import json
import struct

import safetensors


def mk(header, data=b"\0" * 48, n=None):
    return header, data, len(header) if n is None else n


T='{"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}'
cases={
 'good': mk(('{"a.weight":%s}'%T).encode()),
 'bom': mk(b'\xef\xbb\xbf'+('{"a.weight":%s}'%T).encode()),
 'leading space': mk((' {"a.weight":%s}'%T).encode()),
 'leading newline': mk(('\n{"a.weight":%s}'%T).encode()),
 'trailing spaces': mk(('{"a.weight":%s}   '%T).encode()),
 'trailing newline tab cr': mk(('{"a.weight":%s}\n\t\r'%T).encode()),
 'trailing nul': mk(('{"a.weight":%s}\0'%T).encode()),
 'trailing object': mk(('{"a.weight":%s}{}'%T).encode()),
 'trailing formfeed': mk(('{"a.weight":%s}\f'%T).encode()),
 'dup tensor same': mk(('{"a.weight":%s,"a.weight":%s}'%(T,T)).encode()),
 'dup tensor last good': mk(('{"a.weight":{"dtype":"F32","shape":[1],"data_offsets":[3,9]},"a.weight":%s}'%T).encode()),
 'dup tensor last bad': mk(('{"a.weight":%s,"a.weight":{"dtype":"F32","shape":[1],"data_offsets":[3,9]}}'%T).encode()),
 'dup tensor first nonsense': mk(('{"a.weight":7,"a.weight":%s}'%T).encode()),
 'dup metadata': mk(('{"a.weight":%s,"__metadata__":{},"__metadata__":{}}'%T).encode()),
 'dup metadata null': mk(('{"a.weight":%s,"__metadata__":null,"__metadata__":null}'%T).encode()),
 'dup field dtype': mk(b'{"a.weight":{"dtype":"F32","dtype":"F32","shape":[4,3],"data_offsets":[0,48]}}'),
 'dup unknown field': mk(b'{"a.weight":{"x":1,"x":2,"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}}'),
 'unknown field': mk(b'{"a.weight":{"x":[1,{"y":null}],"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}}'),
 'tensor as array': mk(b'{"a.weight":["F32",[4,3],[0,48]]}'),
 'tensor as array 4': mk(b'{"a.weight":["F32",[4,3],[0,48],1]}'),
 'tensor as array 2': mk(b'{"a.weight":["F32",[4,3]]}'),
 'dtype object': mk(b'{"a.weight":{"dtype":{"F32":null},"shape":[4,3],"data_offsets":[0,48]}}'),
 'dtype object []': mk(b'{"a.weight":{"dtype":{"F32":[]},"shape":[4,3],"data_offsets":[0,48]}}'),
 'dtype lower': mk(b'{"a.weight":{"dtype":"f32","shape":[4,3],"data_offsets":[0,48]}}'),
 'dtype number': mk(b'{"a.weight":{"dtype":3,"shape":[4,3],"data_offsets":[0,48]}}'),
 'dtype unknown': mk(b'{"a.weight":{"dtype":"F33","shape":[4,3],"data_offsets":[0,48]}}'),
 'missing dtype': mk(b'{"a.weight":{"shape":[4,3],"data_offsets":[0,48]}}'),
 'missing shape': mk(b'{"a.weight":{"dtype":"F32","data_offsets":[0,48]}}'),
 'missing offsets': mk(b'{"a.weight":{"dtype":"F32","shape":[4,3]}}'),
 'shape null': mk(b'{"a.weight":{"dtype":"F32","shape":null,"data_offsets":[0,48]}}'),
 'shape float': mk(b'{"a.weight":{"dtype":"F32","shape":[4.0,3],"data_offsets":[0,48]}}'),
 'shape exp': mk(b'{"a.weight":{"dtype":"F32","shape":[4e0,3],"data_offsets":[0,48]}}'),
 'shape neg': mk(b'{"a.weight":{"dtype":"F32","shape":[-4,3],"data_offsets":[0,48]}}'),
 'shape string': mk(b'{"a.weight":{"dtype":"F32","shape":["4",3],"data_offsets":[0,48]}}'),
 'shape -0': mk(b'{"a.weight":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}',b''),
 'shape 2^63,0': mk(b'{"a.weight":{"dtype":"F32","shape":[9223372036854775808,0],"data_offsets":[0,0]}}',b''),
 'shape 2^63,2,0': mk(b'{"a.weight":{"dtype":"F32","shape":[9223372036854775808,2,0],"data_offsets":[0,0]}}',b''),
 'shape 0,2^63,2': mk(b'{"a.weight":{"dtype":"F32","shape":[0,9223372036854775808,2],"data_offsets":[0,0]}}',b''),
 'shape 2^64': mk(b'{"a.weight":{"dtype":"F32","shape":[18446744073709551616,0],"data_offsets":[0,0]}}',b''),
 'shape overflow wraps to 12': mk(b'{"a.weight":{"dtype":"F32","shape":[4611686018427387907,4],"data_offsets":[0,48]}}'),
 'offset float': mk(b'{"a.weight":{"dtype":"F32","shape":[4,3],"data_offsets":[0.0,48]}}'),
 'offsets 3': mk(b'{"a.weight":{"dtype":"F32","shape":[4,3],"data_offsets":[0,48,48]}}'),
 'offsets 1': mk(b'{"a.weight":{"dtype":"F32","shape":[4,3],"data_offsets":[0]}}'),
 'offsets object': mk(b'{"a.weight":{"dtype":"F32","shape":[4,3],"data_offsets":{"0":0,"1":48}}}'),
 'offsets reversed': mk(b'{"a.weight":{"dtype":"F32","shape":[4,3],"data_offsets":[48,0]}}'),
 'gap before': mk(b'{"a.weight":{"dtype":"F32","shape":[4,3],"data_offsets":[4,52]}}',b'\0'*52),
 'gap after': mk(('{"a.weight":%s}'%T).encode(), b'\0'*52),
 'short data': mk(('{"a.weight":%s}'%T).encode(), b'\0'*47),
 'overlap': mk(('{"a.weight":%s,"b":{"dtype":"F32","shape":[2],"data_offsets":[44,52]}}'%T).encode(), b'\0'*52),
 'hole': mk(('{"a.weight":%s,"b":{"dtype":"F32","shape":[2],"data_offsets":[52,60]}}'%T).encode(), b'\0'*60),
 'other order': mk(('{"b":{"dtype":"F32","shape":[2],"data_offsets":[48,56]},"a.weight":%s}'%T).encode(), b'\0'*56),
 'size mismatch': mk(b'{"a.weight":{"dtype":"F32","shape":[4,2],"data_offsets":[0,48]}}'),
 'zero tensor middle': mk(('{"a.weight":%s,"z":{"dtype":"F32","shape":[0,5],"data_offsets":[48,48]}}'%T).encode()),
 'zero tensor inside': mk(('{"a.weight":%s,"z":{"dtype":"F32","shape":[0],"data_offsets":[24,24]}}'%T).encode()),
 'zero tensor at start after': mk(('{"a.weight":%s,"z":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'%T).encode()),
 'scalar': mk(b'{"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}',b'\0'*4),
 'empty': mk(b'{}',b''),
 'empty with data': mk(b'{}',b'\0'),
 'header 0': mk(b'',b''),
 'header 1': mk(b'{',b''),
 'array header': mk(b'[]',b''),
 'array header 2': mk(b'[null,{}]',b''),
 'null header': mk(b'null',b''),
 'empty object tensors null': mk(b'{"a":null}',b''),
 'meta null': mk(('{"__metadata__":null,"a.weight":%s}'%T).encode()),
 'meta int': mk(('{"__metadata__":{"x":1},"a.weight":%s}'%T).encode()),
 'meta nullvalue': mk(('{"__metadata__":{"x":null},"a.weight":%s}'%T).encode()),
 'meta bool': mk(('{"__metadata__":{"x":true},"a.weight":%s}'%T).encode()),
 'meta array': mk(('{"__metadata__":[],"a.weight":%s}'%T).encode()),
 'meta pairs': mk(('{"__metadata__":[["a","b"]],"a.weight":%s}'%T).encode()),
 'meta string': mk(('{"__metadata__":"x","a.weight":%s}'%T).encode()),
 'meta nested': mk(('{"__metadata__":{"x":{"y":"z"}},"a.weight":%s}'%T).encode()),
 'meta dup': mk(('{"__metadata__":{"x":"1","x":"2"},"a.weight":%s}'%T).encode()),
 'utf16': mk(('{"a.weight":%s}'%T).encode('utf-16')),
 'utf16le': mk(('{"a.weight":%s}'%T).encode('utf-16-le')),
 'utf32be': mk(('{"a.weight":%s}'%T).encode('utf-32-be')),
 'bad utf8': mk(('{"a.weight":%s}'%T).encode().replace(b'a.w',b'a\xffw')),
 'overlong utf8': mk(('{"a.weight":%s}'%T).encode().replace(b'a.w',b'a\xc0\x80w')),
 'surrogate utf8': mk(('{"a.weight":%s}'%T).encode().replace(b'a.w',b'a\xed\xa0\x80w')),
 'lone surrogate escape': mk(('{"a.weight":%s,"__metadata__":{"x":"\\ud800"}}'%T).encode()),
 'surrogate pair escape': mk(('{"a.weight":%s,"__metadata__":{"x":"\\ud83d\\ude00"}}'%T).encode()),
 'lone low surrogate escape': mk(('{"a.weight":%s,"__metadata__":{"x":"\\ude00"}}'%T).encode()),
 'raw control': mk(('{"a.weight":%s,"__metadata__":{"x":"\x01"}}'%T).encode()),
 'raw del': mk(('{"a.weight":%s,"__metadata__":{"x":"\x7f"}}'%T).encode()),
 'escaped control name': mk(('{"a\\u0007.weight":%s}'%T).encode()),
 'escape slash': mk(('{"a.weight":%s,"__metadata__":{"x":"\\/"}}'%T).encode()),
 'bad escape': mk(('{"a.weight":%s,"__metadata__":{"x":"\\x"}}'%T).encode()),
 'trailing comma': mk(('{"a.weight":%s,}'%T).encode()),
 'comment': mk(('{"a.weight":%s/* */}'%T).encode()),
 'single quotes': mk(("{'a.weight':%s}"%T).encode()),
 'nan': mk(b'{"a.weight":{"x":NaN,"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}}'),
 'leading zero': mk(b'{"a.weight":{"dtype":"F32","shape":[04,3],"data_offsets":[0,48]}}'),
 'plus': mk(b'{"a.weight":{"dtype":"F32","shape":[+4,3],"data_offsets":[0,48]}}'),
 'unknown huge number': mk(b'{"a.weight":{"x":1e999,"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}}'),
 'unknown long number': mk(b'{"a.weight":{"x":'+b'1'*2000+b',"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}}'),
 'unknown 300 digits': mk(b'{"a.weight":{"x":'+b'1'*300+b',"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}}'),
 'unknown depth 120': mk(b'{"a.weight":{"x":'+b'['*120+b']'*120+b',"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}}'),
 'unknown depth 125': mk(b'{"a.weight":{"x":'+b'['*125+b']'*125+b',"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}}'),
 'unknown depth 126': mk(b'{"a.weight":{"x":'+b'['*126+b']'*126+b',"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}}'),
 'unknown depth 130': mk(b'{"a.weight":{"x":'+b'['*130+b']'*130+b',"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}}'),
 'empty name': mk(('{"":%s}'%T).encode()),
 'header beyond file': mk(('{"a.weight":%s}'%T).encode(), b'', n=1000),
 'header 100,000,001': mk(b'{}',b'',n=100_000_001),
 'header 2^63': mk(b'{}',b'',n=1<<63),
}
for d,bits in dict(BOOL=8,F4=4,F6_E2M3=6,F6_E3M2=6,U8=8,I8=8,F8_E5M2=8,F8_E4M3=8,F8_E8M0=8,F8_E4M3FNUZ=8,F8_E5M2FNUZ=8,I16=16,U16=16,F16=16,BF16=16,I32=32,U32=32,F32=32,C64=64,F64=64,I64=64,U64=64,C128=128,I4=4,U4=4).items():
    n=8*bits//8
    cases['dtype '+d]=mk(('{"a.weight":{"dtype":"%s","shape":[8],"data_offsets":[0,%d]}}'%(d,n)).encode(),b'\0'*n)
cases['F4 odd']=mk(b'{"a.weight":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}',b'\0')
cases['F4 odd 2']=mk(b'{"a.weight":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}',b'\0\0')
cases['F6 x 4']=mk(b'{"a.weight":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]}}',b'\0\0\0')


def verdict(header, data, n):
    try:
        safetensors.deserialize(struct.pack("<Q", n) + header + data)
        return ""
    except Exception as e:
        return str(e)


print("[")
print(",\n".join(
    json.dumps({"case": name, "header": header.decode("latin-1"), "length": n, "data": len(data),
                "refusal": verdict(header, data, n)})
    for name, (header, data, n) in cases.items()))
print("]")
